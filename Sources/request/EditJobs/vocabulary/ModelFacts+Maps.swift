/// What a source's attention maps take, in memory while a pass runs and on the disk.
extension ModelFacts {
  /// Bytes of a source's maps at all injectable sites, one pass, in the source's precision.
  ///
  /// The facts must be of the source's picture size.
  public func mapBytesPerPass(of source: SourceSpec) -> Int64 {
    let width: Int64 = source.maps == .f32 ? 2 : 1
    guard let side = source.selfMax else { return width * mapBytesPerPass }
    // Another limit than the control resolution lets other self-attention sites in.
    let injectable = sites.filter {
      $0.name.kind == .cross || $0.rows * $0.columns <= side * side
    }
    return 2 * width
      * injectable.reduce(0) { $0 + Int64($1.heads) * Int64($1.rows * $1.columns * $1.keys) }
  }

  /// Bytes of a source's maps of its whole run.
  public func mapBytes(of source: SourceSpec) -> Int64 {
    mapBytesPerPass(of: source) * Int64(source.sampler.passes(steps: source.steps))
  }

  /// Bytes of a source's maps that are stored: all, or none where they would take more than a quarter
  /// of what all maps may take.
  public func storedMapBytes(of source: SourceSpec, quota: Int64) -> Int64 {
    let bytes = mapBytes(of: source)
    return bytes > quota / 4 ? 0 : bytes
  }
}
