import EditJobs
public import Files
import GRDB

extension JobStore {
  /// Cancels cells; a variant only when no open cell wants it, a source only when no open variant
  /// does. A running trunk goes on while open forks wait for it, to the last of their forks.
  ///
  /// Cells whose picture is there or was given up stay as they are. A unit stands for all cells that
  /// point at it, a source for those of its variants.
  public func cancel(_ target: Target, now: Int64) throws(EditError) -> Cancelled {
    try write { db in
      var cancelled = Cancelled(cells: 0, units: [], drops: [])
      var variants: [Int64] = []
      for cell in try db.cellRefs(target) where !cell.isCancelled && cell.state.isOpen {
        try db.cachedStatement(sql: "UPDATE cell SET cancelled_ms = ? WHERE id = ?")
          .execute(arguments: [now, cell.id])
        cancelled.cells += 1
        variants.append(cell.unit)
      }
      var sources: Set<Int64> = []
      var gone: [Moving] = []
      for id in variants where try !db.isWanted(id) {
        let variant = try db.moving(id: id)
        // Two cells of the target may share it.
        guard variant.state.isOpen, try !db.isNeededByForks(variant) else { continue }
        var next: Moving? = variant
        while let unit = next {
          try db.cancel(unit, into: &cancelled, now: now)
          gone.append(unit)
          if let source = unit.sourceID { sources.insert(source) }
          next = try db.idleTrunk(of: unit)
        }
      }
      try db.replan(around: gone, now: now)
      for id in sources.sorted() where try !db.wantsSource(id) {
        let source = try db.moving(id: id)
        if source.state.isOpen { try db.cancel(source, into: &cancelled, now: now) }
      }
      // What others still want is as urgent as it is to them.
      try db.reprioritise(variants)
      return cancelled
    }
  }
}

/// A cell as verbs that change something need it.
struct CellRef {
  var id: Int64
  var unit: Int64
  var isCancelled: Bool
  var state: UnitState
}

extension Database {
  fileprivate func cancel(_ unit: Moving, into cancelled: inout Cancelled, now: Int64) throws {
    try move(unit, .cancelled, now: now)
    cancelled.units.append(unit.key)
    if let token = unit.token {
      try endAttempt(unit, token: token, .cancelled, step: unit.step, now: now)
      cancelled.drops.append(Drop(key: unit.key, token: token))
    }
  }

  func cellRefs(_ target: Target) throws -> [CellRef] {
    let condition = try target.condition()
    return try Row.fetchAll(
      self,
      sql: """
        SELECT c.id, c.unit_id, c.cancelled_ms, u.state
        FROM cell c JOIN unit u ON u.id = c.unit_id WHERE \(condition.sql) ORDER BY c.id
        """, arguments: condition.arguments
    ).map { row in
      CellRef(
        id: row["id"], unit: row["unit_id"], isCancelled: row["cancelled_ms"] != nil,
        state: try row.value("state"))
    }
  }
}

extension Target {
  /// What cells `c` with their variants `u` the target names.
  func condition() throws(EditError) -> (sql: String, arguments: StatementArguments) {
    switch self {
    case .all: ("true", [])
    case .sweep(let id): ("c.sweep_id = ?", [id])
    case .cells(let sweep, let cells):
      (
        "c.sweep_id = ? AND c.id IN (SELECT value FROM json_each(?))",
        [sweep, try sortedJSON(cells)]
      )
    case .unit(let key):
      (
        """
        c.unit_id IN (SELECT id FROM unit WHERE key = ?
          UNION SELECT v.id FROM unit v JOIN unit s ON s.id = v.source_id WHERE s.key = ?)
        """, [key.data, key.data]
      )
    }
  }
}
