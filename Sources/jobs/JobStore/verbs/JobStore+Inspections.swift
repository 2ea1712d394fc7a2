public import EditJobs
public import Files
import GRDB

extension JobStore {
  /// What was last found of a model at a size; whether its files are still those is the caller's to ask.
  ///
  /// `size` is the size that was asked for, e.g. `512x512`, or a word for the model's own. An answer
  /// that another version wrote and this one cannot read is none.
  public func inspection(folder: String, size: String) throws(EditError) -> Inspection? {
    try read { db in
      let row = try Row.fetchOne(
        db, sql: "SELECT answer FROM inspection WHERE folder = ? AND size = ?",
        arguments: [folder, size])
      return try? row?.json("answer")
    }
  }

  /// Remembers what was found of a model, named by an absolute path.
  public func setInspection(
    folder: String, size: String, _ inspection: Inspection, now: Int64
  ) throws(EditError) {
    let text = try sortedJSON(inspection)
    try write { db in
      try db.execute(
        sql: """
          INSERT INTO inspection (folder, size, answer, created_ms) VALUES (?, ?, ?, ?)
          ON CONFLICT (folder, size) DO UPDATE
            SET answer = excluded.answer, created_ms = excluded.created_ms
          """, arguments: [folder, size, text, now])
    }
  }
}
