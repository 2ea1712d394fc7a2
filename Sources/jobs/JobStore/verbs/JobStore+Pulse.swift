public import EditJobs
public import Files
import GRDB

/// What the daemon's loop must know after every change; nothing in it is counted.
public struct QueuePulse: Sendable, Hashable {
  /// Whether nothing is claimed.
  public var isPaused: Bool
  /// Why it is paused; `nil` where somebody asked for it.
  public var pauseReason: String?
  /// When the next scheduled unit is due; wall-clock milliseconds.
  public var nextDueMs: Int64?

  /// Describes the queue.
  public init(isPaused: Bool, pauseReason: String? = nil, nextDueMs: Int64? = nil) {
    (self.isPaused, self.pauseReason, self.nextDueMs) = (isPaused, pauseReason, nextDueMs)
  }
}

/// The statements of the daemon's loop: what they cost does not grow with a sweep's cells, but where
/// they answer for each of them.
enum LoopSQL {
  static let pulse = """
    SELECT paused, pause_reason, (SELECT min(due_ms) FROM unit WHERE state = 'scheduled') AS due
    FROM control WHERE id = 1
    """
  /// Open units first: while there are any of the target's, one is found soon. A source that is made
  /// again is open for the done variants that show it. The condition's arguments come twice.
  static func open(_ condition: String) -> String {
    """
    SELECT EXISTS (SELECT 1 FROM unit u INDEXED BY unit_revision
      CROSS JOIN cell c INDEXED BY cell_wants ON c.unit_id = u.id
      WHERE u.state IN ('scheduled', 'blocked', 'ready', 'running', 'parked')
        AND c.cancelled_ms IS NULL AND \(condition))
    OR EXISTS (SELECT 1 FROM unit s INDEXED BY unit_revision
      CROSS JOIN unit u INDEXED BY unit_of_source ON u.source_id = s.id AND u.state = 'done'
      CROSS JOIN cell c INDEXED BY cell_wants ON c.unit_id = u.id
      WHERE s.state IN ('scheduled', 'blocked', 'ready', 'running', 'parked')
        AND c.cancelled_ms IS NULL AND \(condition))
    """
  }
  static let openUnits = """
    SELECT count(*) FROM unit INDEXED BY unit_revision
    WHERE state IN ('scheduled', 'blocked', 'ready', 'running', 'parked')
    """
  static let showing = """
    SELECT c.sweep_id FROM unit u JOIN cell c ON c.unit_id = u.id WHERE u.key = :key
    UNION SELECT c.sweep_id FROM unit s JOIN unit v ON v.source_id = s.id
      JOIN cell c ON c.unit_id = v.id WHERE s.key = :key
    """
  static let sizes = "SELECT sweep_id, count(*) AS cells FROM cell GROUP BY sweep_id"
}

extension JobStore {
  /// What the daemon reads after every change.
  public func pulse() throws(EditError) -> QueuePulse {
    try read { db in
      let row = try Row.fetchOne(db.cachedStatement(sql: LoopSQL.pulse))
      return QueuePulse(
        isPaused: row?["paused"] ?? false, pauseReason: row?["pause_reason"],
        nextDueMs: row?["due"])
    }
  }

  /// How many units there are about which something may still happen by itself.
  public func openUnits() throws(EditError) -> Int {
    try read { try Int.fetchOne($0.cachedStatement(sql: LoopSQL.openUnits)) ?? 0 }
  }

  /// Whether nothing more will happen by itself to what was named.
  public func isSettled(_ target: Target) throws(EditError) -> Bool {
    if case .unit(let key) = target {
      guard let unit = try unit(key) else { throw noUnit(key.short) }
      return !unit.state.isOpen
    }
    return try read { db in
      let (condition, arguments) = try target.condition()
      let isOpen = try Bool.fetchOne(
        db.cachedStatement(sql: LoopSQL.open(condition)), arguments: arguments + arguments)
      return isOpen != true
    }
  }

  /// The sweeps with cells that show a unit, or a variant of it.
  public func sweeps(showing key: Key) throws(EditError) -> [Int64] {
    try read {
      try Int64.fetchAll(
        $0.cachedStatement(sql: LoopSQL.showing), arguments: ["key": key.data])
    }
  }

  /// The name of a sweep's folder; `nil` where there is no such sweep.
  public func folder(of sweep: Int64) throws(EditError) -> String? {
    try read { db in
      try String.fetchOne(
        db.cachedStatement(sql: "SELECT name FROM sweep WHERE id = ?"), arguments: [sweep])
    }.map { "\($0)-\(sweep)" }
  }

  /// How many cells each sweep has, re-prompts included.
  public func sweepSizes() throws(EditError) -> [Int64: Int] {
    try read { db in
      let rows = try Row.fetchAll(db.cachedStatement(sql: LoopSQL.sizes))
      return Dictionary(
        rows.map { ($0["sweep_id"], $0["cells"]) }, uniquingKeysWith: { first, _ in first })
    }
  }
}
