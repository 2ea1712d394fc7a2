public import EditJobs
public import Files
import GRDB

extension JobStore {
  /// A running unit's manifest is written; a source's blocked variants become ready.
  ///
  /// `false` where the token is stale; then nothing changed.
  @discardableResult
  public func finish(_ key: Key, token: Int64, manifest: Digest, now: Int64) throws(EditError)
    -> Bool
  {
    try write { db in
      guard let unit = try db.moving(key), unit.holds(token) else { return false }
      let done = try db.move(
        unit, .finished, Change(step: unit.steps, manifest: manifest), now: now)
      try db.endAttempt(unit, token: token, .done, step: unit.steps, now: now)
      try db.cachedStatement(
        sql: "UPDATE unit SET alone = 0, stuck_step = NULL, stuck_count = 0 WHERE id = ?"
      ).execute(arguments: [unit.id])
      if done.kind == .source { try db.unblockVariants(of: done, now: now) }
      try db.unblockForks(of: done, now: now)
      return true
    }
  }
}
