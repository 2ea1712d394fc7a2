public import EditJobs
public import Files
import GRDB

extension JobStore {
  /// An attempt begins at `step` complete steps (0: from the start). `false` where it is stale.
  @discardableResult
  public func begun(_ key: Key, token: Int64, step: Int, now: Int64) throws(EditError) -> Bool {
    try write { db in
      guard let unit = try db.moving(key), unit.holds(token) else { return false }
      let step = min(max(step, 0), unit.steps)
      try db.setStep(unit, step, now: now)
      try db.cachedStatement(
        sql: "UPDATE attempt SET from_step = ? WHERE unit_id = ? AND token = ?"
      )
      .execute(arguments: [step, unit.id, token])
      try db.note(step > 0 ? "resumed" : "begun", unit: unit.id, step: step, now: now)
      return true
    }
  }

  /// Writes the steps of running units down, in one transaction; stale ones are passed over. Forks
  /// whose trunk has come to where they part become ready.
  ///
  /// The trajectory files are the truth: once a second is often enough. Returns the units that ran
  /// for their forks alone and are no longer needed.
  @discardableResult
  public func progress(_ units: [UnitProgress], now: Int64) throws(EditError) -> [Drop] {
    if units.isEmpty { return [] }
    return try write { db in
      var drops: [Drop] = []
      for progress in units {
        guard let unit = try db.moving(progress.key), unit.holds(progress.token) else { continue }
        let moved = try db.setStep(unit, progress.step, now: now)
        try db.cachedStatement(
          sql: "UPDATE attempt SET evaluations = ?, ms = ? WHERE unit_id = ? AND token = ?"
        ).execute(arguments: [progress.evaluations, progress.ms, unit.id, progress.token])
        if let drop = try db.cancelUnneeded(moved, now: now) { drops.append(drop) }
      }
      return drops
    }
  }
}
