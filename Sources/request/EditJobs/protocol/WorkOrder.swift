/// What a worker gets at once: one source, or some variants of one source.
public struct WorkOrder: Codable, Sendable, Hashable {
  /// A variant to run.
  public struct Variant: Codable, Sendable, Hashable {
    /// The variant's key.
    public var key: Key
    /// What the edit means.
    public var edit: ResolvedEdit
    /// The unit whose records it begins with, and the step where it parts; `nil` for none.
    public var trunk: Trunk?

    /// Makes a variant.
    public init(key: Key, edit: ResolvedEdit, trunk: Trunk? = nil) {
      (self.key, self.edit, self.trunk) = (key, edit, trunk)
    }
  }

  /// Where a fork begins.
  public struct Trunk: Codable, Sendable, Hashable {
    /// The unit that owns the shared steps.
    public var key: Key
    /// The step where the fork parts.
    public var step: Int

    /// Makes a fork point.
    public init(key: Key, step: Int) { (self.key, self.step) = (key, step) }
  }

  /// The fencing token: rises with every order and comes back in every event.
  public var token: Int64
  /// The model's folder.
  public var model: String
  /// The results folder, absolute.
  public var results: String
  /// The source's key.
  public var sourceKey: Key
  /// What the source is.
  public var source: SourceSpec
  /// The variants to run; empty when the source itself is the work.
  public var variants: [Variant]
  /// Bytes that a source's maps may take on disk; 0 stores none.
  public var mapsBudget: Int64

  /// Makes an order.
  public init(
    token: Int64, model: String, results: String, sourceKey: Key, source: SourceSpec,
    variants: [Variant] = [], mapsBudget: Int64 = .max
  ) {
    (self.token, self.model, self.results) = (token, model, results)
    (self.sourceKey, self.source) = (sourceKey, source)
    (self.variants, self.mapsBudget) = (variants, mapsBudget)
  }

  /// The units that the order runs.
  public var units: [Key] { variants.isEmpty ? [sourceKey] : variants.map(\.key) }
}
