public import EditJobs
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

  /// The log after an event, oldest first.
  public func events(after id: Int64 = 0, limit: Int = 1000) throws(EditError) -> [EventRow] {
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

  /// The number of the newest event; 0 where there is none.
  public func lastEvent() throws(EditError) -> Int64 {
    try read { try Int64.fetchOne($0, sql: "SELECT max(id) FROM event") ?? 0 }
  }
}
