import EditJobs
public import Files
import Foundation
import GRDB
import Synchronization

extension JobStore {
  /// The queue as a whole.
  public func overview() throws(EditError) -> QueueOverview {
    try read { db in
      let control = try Row.fetchOne(
        db, sql: "SELECT paused, pause_reason, daemon FROM control WHERE id = 1")
      var overview = QueueOverview(
        isPaused: control?["paused"] ?? false, pauseReason: control?["pause_reason"], daemon: nil,
        sources: [:], variants: [:],
        nextDueMs: try Int64.fetchOne(
          db, sql: "SELECT min(due_ms) FROM unit WHERE state = 'scheduled'"))
      if let control, control["daemon"] != nil { overview.daemon = try control.json("daemon") }
      let counts = try Row.fetchAll(
        db, sql: "SELECT kind, state, count(*) AS units FROM unit GROUP BY kind, state")
      for row in counts {
        let kind: UnitKind = try row.value("kind")
        let state: UnitState = try row.value("state")
        switch kind {
        case .source: overview.sources[state] = row["units"]
        case .variant: overview.variants[state] = row["units"]
        }
      }
      return overview
    }
  }

  /// All sweeps, newest first.
  public func sweeps() throws(EditError) -> [SweepSummary] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT id, name, owner_uid, priority, paused, created_ms FROM sweep ORDER BY id DESC
          """
      ).map { try db.summary($0) }
    }
  }

  /// The names of all sweeps, by their numbers.
  public func sweepNames() throws(EditError) -> [Int64: String] {
    try read { db in
      let rows = try Row.fetchAll(db.cachedStatement(sql: "SELECT id, name FROM sweep"))
      return Dictionary(
        rows.map { ($0["id"], $0["name"]) }, uniquingKeysWith: { first, _ in first })
    }
  }

  /// One sweep.
  /// - Throws: `no-such-sweep` (66).
  public func sweep(_ id: Int64) throws(EditError) -> SweepDetail {
    try read { try detail($0, id, try $0.cellRows(.sweep(id))) }
  }

  /// A sweep with its cells, which were read already.
  func detail(_ db: Database, _ id: Int64, _ cells: [CellRow]) throws -> SweepDetail {
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT id, name, owner_uid, priority, paused, created_ms, axes, request FROM sweep
        WHERE id = ?
        """, arguments: [id])
    guard let row else { throw noSweep("\(id)") }
    let sources = try Row.fetchAll(
      db,
      sql: """
        SELECT \(UnitRow.columns) FROM unit u LEFT JOIN unit s ON s.id = u.source_id
        WHERE u.id IN (SELECT v.source_id FROM cell c JOIN unit v ON v.id = c.unit_id
          WHERE c.sweep_id = ?) ORDER BY u.id
        """, arguments: [id])
    return SweepDetail(
      summary: try db.summary(row), axes: try row.json("axes"), request: row["request"],
      cells: cells, sources: try sources.map(UnitRow.init))
  }

  /// How far what was named is; a unit counts as one cell.
  public func standing(_ target: Target) throws(EditError) -> Standing {
    try read { db in
      guard case .unit(let key) = target else { return try db.standing(target) }
      guard let unit = try db.moving(key) else { throw noUnit(key.short) }
      return Standing(
        cells: [unit.state: 1], stepsDone: unit.step, stepsTotal: unit.steps)
    }
  }

  /// The cells that were named, in grid order; of a unit, every cell that points at it or at a
  /// variant of it.
  public func cells(_ target: Target) throws(EditError) -> [CellRow] {
    try read { try $0.cellRows(target) }
  }

  func noSweep(_ name: String) -> EditError {
    EditError(
      "no-such-sweep", .missing, "no sweep \(name) here (job table \(path))", hint: "p2p status")
  }

  func noUnit(_ name: String) -> EditError {
    EditError(
      "no-such-unit", .missing, "no unit \(name) here (job table \(path))", hint: "p2p status")
  }
}

extension Database {
  fileprivate func summary(_ row: Row) throws -> SweepSummary {
    let id: Int64 = row["id"]
    return SweepSummary(
      id: id, name: row["name"], priority: row["priority"], isPaused: row["paused"],
      owner: row["owner_uid"], createdMs: row["created_ms"], standing: try standing(.sweep(id)))
  }

  fileprivate func standing(_ target: Target) throws -> Standing {
    let (condition, arguments) = try target.condition()
    var standing = Standing()
    let counts = try Row.fetchAll(
      cachedStatement(
        sql: """
          SELECT iif(c.cancelled_ms IS NULL, u.state, 'cancelled') AS state, count(*) AS cells,
            sum(s.state IN ('scheduled', 'blocked', 'ready', 'running', 'parked')) AS remade
          FROM cell c JOIN unit u ON u.id = c.unit_id LEFT JOIN unit s ON s.id = u.source_id
          WHERE \(condition) GROUP BY 1
          """), arguments: arguments)
    for row in counts {
      let state: UnitState = try row.value("state")
      standing.cells[state] = row["cells"]
      if state == .done { standing.remade = row["remade"] ?? 0 }
    }
    let steps = try Row.fetchOne(
      cachedStatement(
        sql: """
          WITH wanted AS (SELECT DISTINCT u.id, u.source_id FROM cell c
            JOIN unit u ON u.id = c.unit_id WHERE c.cancelled_ms IS NULL AND \(condition))
          SELECT coalesce(sum(step), 0) AS done, coalesce(sum(steps), 0) AS total FROM unit
          WHERE id IN (SELECT id FROM wanted UNION SELECT source_id FROM wanted)
          """), arguments: arguments)
    if let steps { (standing.stepsDone, standing.stepsTotal) = (steps["done"], steps["total"]) }
    return standing
  }

  func cellRows(_ target: Target) throws -> [CellRow] {
    let (condition, arguments) = try target.condition()
    return try Row.fetchAll(
      self,
      sql: """
        SELECT \(UnitRow.columns), c.id, c.sweep_id, c.role, c.coord, c.row, c.col, c.page, c.label,
          c.cancelled_ms
        FROM cell c JOIN unit u ON u.id = c.unit_id LEFT JOIN unit s ON s.id = u.source_id
        WHERE \(condition)
        ORDER BY c.sweep_id, c.role = 'reprompt', c.page, c.row, c.col, c.id
        """, arguments: arguments
    ).map(CellRow.init)
  }
}

extension CellRow {
  /// Reads a row that has the cell's columns behind the unit's, by their places.
  init(_ row: Row) throws {
    let first = UnitRow.columnCount
    guard let role = Submission.Role(rawValue: row[first + 2]) else {
      throw EditError("job-table-damaged", .io, "cell \(row[first] as Int64) has no role")
    }
    self.init(
      id: row[first], sweep: row[first + 1], role: role,
      coordinates: try CoordinateTexts.shared.coordinates(row[first + 3]), row: row[first + 4],
      column: row[first + 5], page: row[first + 6], label: row[first + 7],
      isCancelled: !row.hasNull(atIndex: first + 8), variant: try UnitRow(row))
  }
}

/// Coordinates by the text that the table has: whoever waits for a sweep reads the same again and again.
private final class CoordinateTexts: Sendable {
  static let shared = CoordinateTexts()
  private static let most = 50_000

  private let known = Mutex<[String: [Coordinate]]>([:])

  func coordinates(_ text: String) throws -> [Coordinate] {
    if let found = known.withLock({ $0[text] }) { return found }
    let coordinates: [Coordinate]
    do {
      coordinates = try JSONDecoder().decode([Coordinate].self, from: Data(text.utf8))
    } catch { throw EditError("job-table-damaged", .io, "coord cannot be read: \(error)") }
    known.withLock { known in
      if known.count >= Self.most { known = [:] }
      known[text] = coordinates
    }
    return coordinates
  }
}
