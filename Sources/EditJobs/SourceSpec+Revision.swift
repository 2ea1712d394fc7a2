extension SourceSpec {
  /// What the headers of the source's files and of its variants' say: whose arithmetic makes them.
  public var fingerprint: String { numerics.fingerprint(compute) }

  /// The same source made with the arithmetic of another revision: another key. Mode and kernels stay.
  public func renewed(to revision: Int) -> SourceSpec {
    var spec = self
    spec.numerics.revision = revision
    return spec
  }
}
