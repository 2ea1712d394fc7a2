public import EditJobs
public import Files
import GRDB

extension JobStore {
  /// Writes a line to the log.
  public func log(
    _ kind: String, unit: Key? = nil, step: Int? = nil, detail: String? = nil, now: Int64
  ) throws(EditError) {
    try write { db in
      let id = try unit.flatMap { try db.moving($0)?.id }
      try db.note(kind, unit: id, step: step, detail: detail, now: now)
    }
  }

  /// The log after an event, oldest first; all of it, or the first lines of it.
  public func events(after id: Int64 = 0, limit: Int = .max) throws(EditError) -> [EventRow] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT e.id, e.at_ms, u.key, u.kind AS unit_kind, e.kind, e.old_state, e.new_state,
            e.step, e.detail
          FROM event e LEFT JOIN unit u ON u.id = e.unit_id WHERE e.id > ? ORDER BY e.id LIMIT ?
          """, arguments: [id, limit]
      ).map { row in
        EventRow(
          id: row["id"], atMs: row["at_ms"], unit: row["key"] == nil ? nil : try row.key("key"),
          unitKind: row["unit_kind"] == nil ? nil : try row.value("unit_kind"), kind: row["kind"],
          from: row["old_state"] == nil ? nil : try row.value("old_state"),
          to: row["new_state"] == nil ? nil : try row.value("new_state"), step: row["step"],
          detail: row["detail"])
      }
    }
  }

  /// Forgets old lines of the log, at most 10 000 at once; returns how many.
  ///
  /// The newest `most` stay unless they are older than `age` milliseconds, the newest `least` stay
  /// even then: a clock that jumped must not empty the log.
  public func pruneEvents(
    most: Int64 = 200_000, least: Int64 = 20_000, age: Int64 = 90 * 86_400_000, now: Int64
  ) throws(EditError) -> Int {
    let newest = try lastEvent()
    let oldest = try read {
      try Row.fetchOne($0, sql: "SELECT id, at_ms FROM event ORDER BY id LIMIT 1")
    }
    // Nearly always there is nothing to do, and nothing is written.
    guard let oldest, (oldest["id"] as Int64) <= newest - least else { return 0 }
    guard (oldest["id"] as Int64) <= newest - most || (oldest["at_ms"] as Int64) < now - age
    else { return 0 }
    return try write { db in
      try db.execute(
        sql: """
          DELETE FROM event WHERE id IN (
            SELECT id FROM (SELECT id, at_ms FROM event ORDER BY id LIMIT 10000)
            WHERE id <= :newest - :most OR (id <= :newest - :least AND at_ms < :before))
          """,
        arguments: ["newest": newest, "most": most, "least": least, "before": now - age])
      return db.changesCount
    }
  }

  /// The number of the newest event; 0 where there is none.
  public func lastEvent() throws(EditError) -> Int64 {
    try read { try Int64.fetchOne($0, sql: "SELECT max(id) FROM event") ?? 0 }
  }
}
