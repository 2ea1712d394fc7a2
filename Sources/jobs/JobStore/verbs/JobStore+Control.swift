public import Files
import GRDB

extension JobStore {
  /// Nothing is claimed from now on. With a reason what runs goes on; without one (somebody asked for
  /// it) what runs stops at the next step edge.
  public func pause(reason: String? = nil, now: Int64) throws(EditError) {
    try write { db in
      try db.execute(
        sql: "UPDATE control SET paused = 1, pause_reason = ? WHERE id = 1", arguments: [reason])
      try db.note("queue-paused", detail: reason, now: now)
    }
  }

  /// Claims go on.
  public func resume(now: Int64) throws(EditError) {
    try write { db in
      try db.execute(sql: "UPDATE control SET paused = 0, pause_reason = NULL WHERE id = 1")
      try db.note("queue-resumed", now: now)
    }
  }

  /// Writes down what the daemon says of itself; `nil` when it ends.
  public func setDaemon(_ note: DaemonNote?) throws(EditError) {
    let text: String? = if let note { try sortedJSON(note) } else { nil }
    try write { db in
      try db.execute(sql: "UPDATE control SET daemon = ? WHERE id = 1", arguments: [text])
    }
  }
}
