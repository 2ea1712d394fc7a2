public import EditJobs

/// What a worker process has in memory: a model, its weights in the layout of one compute type, and
/// the kernels that compute.
public struct LoadedModel: Sendable, Hashable {
  /// The model, by the hash of its files.
  public var model: Digest
  /// What its weights were loaded for.
  public var compute: ComputeType
  /// Whose kernels compute.
  public var numerics: Numerics

  /// Describes what is loaded.
  public init(model: Digest, compute: ComputeType = .f32, numerics: Numerics = Numerics()) {
    (self.model, self.compute, self.numerics) = (model, compute, numerics)
  }

  /// What a source must be computed with.
  public init(_ source: SourceSpec) {
    self.init(model: source.model, compute: source.compute, numerics: source.numerics)
  }

  /// Compute type and kernels for people: `f32`, `f32 with OpenBLAS 0.3.21 SkylakeX`.
  public var manner: String {
    compute.rawValue + (numerics.kernels.map { " with \($0)" } ?? "")
  }
}
