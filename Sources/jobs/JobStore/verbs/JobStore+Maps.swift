public import EditJobs
public import Files
import GRDB

extension JobStore {
  /// Writes down what a source's maps take on disk; 0 forgets them.
  public func setMaps(_ source: Key, bytes: Int64, now: Int64) throws(EditError) {
    try write { db in
      guard let unit = try db.moving(source) else { throw noUnit(source.short) }
      guard bytes > 0 else { return try db.forgetMaps(unit.id) }
      try db.execute(
        sql: """
          INSERT INTO source_maps (unit_id, bytes, used_ms) VALUES (?, ?, ?)
          ON CONFLICT (unit_id) DO UPDATE SET bytes = excluded.bytes, used_ms = excluded.used_ms
          """, arguments: [unit.id, bytes, now])
    }
  }

  /// Maps on disk in the order in which they should go: those without open variants first, least
  /// recently used first.
  public func maps() throws(EditError) -> [MapsRow] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT u.key, m.bytes, m.used_ms, EXISTS (SELECT 1 FROM unit v WHERE v.source_id = u.id
            AND v.state IN ('scheduled', 'blocked', 'ready', 'running', 'parked')) AS needed
          FROM source_maps m JOIN unit u ON u.id = m.unit_id ORDER BY needed, m.used_ms, u.id
          """
      ).map { row in
        MapsRow(
          source: try row.key("key"), bytes: row["bytes"], usedMs: row["used_ms"],
          hasOpenVariants: row["needed"])
      }
    }
  }

  /// A source's maps were evicted: forgets them and writes the event.
  public func evictedMaps(_ source: Key, now: Int64) throws(EditError) {
    try write { db in
      guard let unit = try db.moving(source) else { throw noUnit(source.short) }
      try db.forgetMaps(unit.id)
      try db.note("evicted", unit: unit.id, detail: "maps", now: now)
    }
  }
}

extension Database {
  fileprivate func forgetMaps(_ source: Int64) throws {
    try execute(sql: "DELETE FROM source_maps WHERE unit_id = ?", arguments: [source])
  }
}
