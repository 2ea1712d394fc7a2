public import EditJobs

/// What a unit is.
public enum UnitKind: String, Codable, Sendable, CaseIterable {
  /// Makes the picture that others edit, and the maps they read.
  case source
  /// An edit of a source.
  case variant

  /// The letter before the digits of a unit's name.
  public var letter: String { self == .source ? "s" : "v" }
}

/// A unit as the job table has it, without its spec.
public struct UnitRow: Sendable, Hashable {
  /// The row.
  public var id: Int64
  /// What it is.
  public var kind: UnitKind
  /// Its key.
  public var key: Key
  /// Its source's key; `nil` for a source.
  public var source: Key?
  /// Where it stands.
  public var state: UnitState
  /// Complete steps on disk, as last written down.
  public var step: Int
  /// Steps of the whole run.
  public var steps: Int
  /// −100…100; higher first.
  public var priority: Int
  /// Attempts that ended badly and counted.
  public var attempts: Int
  /// When a scheduled unit is due; wall-clock milliseconds.
  public var dueMs: Int64?
  /// The running order's token.
  public var token: Int64?
  /// The stable name of the last failure.
  public var errorCode: String?
  /// The last failure in words.
  public var errorText: String?
  /// When it was first enqueued; wall-clock milliseconds.
  public var createdMs: Int64
  /// When it was done, failed or cancelled; wall-clock milliseconds.
  public var finishedMs: Int64?
  /// SHA-256 of its manifest; done units alone have one.
  public var manifest: Digest?

  /// The name people use, e.g. `v-9c41e0`.
  public var name: String { "\(kind.letter)-\(key.description.prefix(6))" }
}

/// A unit whose worker shall leave it at the next step edge.
public struct Drop: Sendable, Hashable {
  /// The unit.
  public var key: Key
  /// The token of the order that ran it.
  public var token: Int64

  /// Names a unit and its order.
  public init(key: Key, token: Int64) { (self.key, self.token) = (key, token) }
}
