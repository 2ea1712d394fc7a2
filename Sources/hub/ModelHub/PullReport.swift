public import HubCache

/// What a pull came to.
public struct PullReport: Sendable, Hashable {
  /// The model.
  public let snapshot: HubSnapshot
  /// Files that a run reads.
  public var files = 0
  /// Their bytes.
  public var bytes: Int64 = 0
  /// Bytes that came over the network now.
  public var fetched: Int64 = 0
  /// Files whose blob's name is no hash, so that only their size is known to be right.
  public var notVerifiable: [HubPath] = []
  /// Whether the hub was not asked, and the model is as it was.
  public var isFromCache = false

  init(_ snapshot: HubSnapshot) { self.snapshot = snapshot }
}
