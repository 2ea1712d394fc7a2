public import EditJobs

/// One line of the log: a transition, an attempt that began at a step, an eviction.
public struct EventRow: Sendable, Hashable {
  /// Rises with every event.
  public var id: Int64
  /// Wall-clock milliseconds.
  public var atMs: Int64
  /// The unit; `nil` for what concerns the queue.
  public var unit: Key?
  /// What the unit is.
  public var unitKind: UnitKind?
  /// What happened: `claimed`, `begun`, `resumed`, `finished`, `evicted` …
  public var kind: String
  /// The state before.
  public var from: UnitState?
  /// The state after.
  public var to: UnitState?
  /// Complete steps at that time.
  public var step: Int?
  /// Anything else, for people.
  public var detail: String?
}
