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

extension Numerics {
  /// The revision that a fingerprint names; `nil` where it is none of ours.
  public static func revision(ofFingerprint text: String) -> Int? {
    let words = text.split(separator: " ")
    guard words.count >= 2, Mode(rawValue: String(words[0])) != nil else { return nil }
    return Int(words[1])
  }
}
