public import EditJobs
public import Files
import GRDB

/// What a change of priority led to.
public struct Prioritised: Sendable, Hashable {
  /// Cells that were named.
  public var cells: Int
  /// Units whose place in the line changed.
  public var units: [Key]
}

extension JobStore {
  /// Sets the priority of sweeps, of some cells alone, or of the cells that want a unit.
  ///
  /// A unit that several cells share takes the highest of its open cells, a source the highest of its
  /// variants that may still run. What a sweep is given holds for all of its cells.
  /// - Throws: `bad-priority` (64) outside −100…100, `no-such-sweep` (66).
  public func prioritise(_ target: Target, _ priority: Int, now: Int64) throws(EditError)
    -> Prioritised
  {
    guard (-100...100).contains(priority) else {
      throw EditError(
        "bad-priority", .usage, "a priority is -100 to 100, not \(priority)",
        hint: "0 is what sweeps have unless they say otherwise")
    }
    return try write { db in
      let cells = try db.cellRefs(target)
      let condition = try target.condition()
      let named =
        "id IN (SELECT c.id FROM cell c JOIN unit u ON u.id = c.unit_id WHERE \(condition.sql))"
      switch target {
      case .all, .sweep:
        try db.execute(
          sql: """
            UPDATE sweep SET priority = ? WHERE id IN (
              SELECT c.sweep_id FROM cell c WHERE \(condition.sql))
            """, arguments: [priority] + condition.arguments)
        try db.execute(
          sql: "UPDATE cell SET priority = NULL WHERE \(named)", arguments: condition.arguments)
      case .cells, .unit:
        try db.execute(
          sql: "UPDATE cell SET priority = ? WHERE \(named)",
          arguments: [priority] + condition.arguments)
      }
      let units = try db.reprioritise(cells.map(\.unit))
      try db.note("priority", detail: "\(priority) for \(cells.count) cells", now: now)
      return Prioritised(cells: cells.count, units: units)
    }
  }
}

extension Database {
  /// Gives variants the highest priority of their open cells, and their sources that of their open
  /// variants; returns the units that changed.
  @discardableResult
  func reprioritise(_ variants: [Int64]) throws -> [Key] {
    let ids = try sortedJSON(Array(Set(variants)).sorted())
    let open = "state IN ('scheduled', 'blocked', 'ready', 'running', 'parked')"
    var changed = try Row.fetchAll(
      cachedStatement(
        sql: """
          UPDATE unit SET priority = wish.highest FROM (
            SELECT c.unit_id, max(coalesce(c.priority, s.priority)) AS highest
            FROM cell c JOIN sweep s ON s.id = c.sweep_id
            WHERE c.cancelled_ms IS NULL AND c.unit_id IN (SELECT value FROM json_each(:ids))
            GROUP BY c.unit_id) AS wish
          WHERE unit.id = wish.unit_id AND unit.\(open) AND unit.priority <> wish.highest
          RETURNING key
          """), arguments: ["ids": ids])
    changed += try Row.fetchAll(
      cachedStatement(
        sql: """
          UPDATE unit SET priority = wish.highest FROM (
            SELECT v.source_id, max(v.priority) AS highest FROM unit v
            WHERE v.\(open) AND v.source_id IN (
              SELECT source_id FROM unit WHERE id IN (SELECT value FROM json_each(:ids)))
            GROUP BY v.source_id) AS wish
          WHERE unit.id = wish.source_id AND unit.\(open) AND unit.priority <> wish.highest
          RETURNING key
          """), arguments: ["ids": ids])
    return try changed.map { try $0.key("key") } + raiseTrunks(of: variants)
  }
}
