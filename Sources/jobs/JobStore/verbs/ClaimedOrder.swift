public import EditJobs

/// A model as the job table has it.
public struct StoredModel: Sendable, Hashable {
  /// The hash of its files.
  public var digest: Digest
  /// Its folder, absolute.
  public var folder: String
  /// Its facts, at the unit's size where that was inspected.
  public var facts: ModelFacts
}

/// A unit that was just claimed.
public struct ClaimedUnit: Sendable, Hashable {
  /// Its key.
  public var key: Key
  /// Complete steps as last written down; the files know better.
  public var step: Int
  /// Steps of the whole run.
  public var steps: Int
  /// What the edit means; `nil` for a source.
  public var edit: ResolvedEdit?
  /// Whose first steps it shares, and where it parts; `nil` for none.
  public var trunk: WorkOrder.Trunk?
}

/// What one claim took: one source, or some variants of one source.
public struct ClaimedOrder: Sendable, Hashable {
  /// The fencing token.
  public var token: Int64
  /// The model.
  public var model: StoredModel
  /// The source's key.
  public var sourceKey: Key
  /// What the source is.
  public var source: SourceSpec
  /// The units, in the order of the queue.
  public var units: [ClaimedUnit]

  /// What a worker must have loaded for it.
  public var loaded: LoadedModel { LoadedModel(source) }

  /// Whether the source itself is the work.
  public var isSource: Bool { units.first?.edit == nil }

  /// The order as a worker reads it.
  public func order(results: String, mapsBudget: Int64 = .max) -> WorkOrder {
    WorkOrder(
      token: token, model: model.folder, results: results, sourceKey: sourceKey, source: source,
      variants: units.compactMap { unit in
        unit.edit.map { WorkOrder.Variant(key: unit.key, edit: $0, trunk: unit.trunk) }
      }, mapsBudget: mapsBudget)
  }
}

/// What a worker has at hand, so that a claim may prefer it.
public struct Warm: Sendable, Hashable {
  /// The loaded model.
  public var loaded: LoadedModel
  /// The source whose files were read last.
  public var source: Key?
  /// How far behind the head of the line a preferred unit may be, in guided steps.
  public var window: Int64

  /// Describes what is at hand.
  public init(_ loaded: LoadedModel, source: Key? = nil, window: Int64 = 500) {
    (self.loaded, self.source, self.window) = (loaded, source, window)
  }
}
