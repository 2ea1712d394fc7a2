public import EditJobs
import GRDB

extension JobStore {
  /// Facts of a model folder that were found at a size, if the folder's files are still those of the
  /// stamps.
  ///
  /// `size` is the size that was asked for, e.g. `512x512`, or empty for the model's own; `stamps`
  /// is any text that changes with the files, e.g. their names, inodes, sizes and times.
  public func inspection(folder: String, size: String, stamps: String) throws(EditError)
    -> ModelFacts?
  {
    try read { db in
      let row = try Row.fetchOne(
        db, sql: "SELECT facts FROM inspection WHERE folder = ? AND size = ? AND stamps = ?",
        arguments: [folder, size, stamps])
      return try row?.json("facts")
    }
  }

  /// Remembers facts of a model folder, an absolute path.
  public func setInspection(
    folder: String, size: String, stamps: String, _ facts: ModelFacts, now: Int64
  ) throws(EditError) {
    let text = try sortedJSON(facts)
    try write { db in
      try db.execute(
        sql: """
          INSERT INTO inspection (folder, size, stamps, facts, created_ms) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT (folder, size) DO UPDATE
            SET stamps = excluded.stamps, facts = excluded.facts, created_ms = excluded.created_ms
          """, arguments: [folder, size, stamps, text, now])
    }
  }
}
