public import EditJobs
public import Files
import GRDB

extension JobStore {
  /// An attempt ended without a result; returns the state that follows, `nil` where it is stale.
  ///
  /// A crash of an order of several units without a gained step makes each run alone next time and
  /// does not count; three counted failures at one step end in `failed` as `poisoned`. A source that
  /// fails takes its waiting variants with it.
  @discardableResult
  public func fail(_ key: Key, token: Int64, _ failure: Failure, now: Int64) throws(EditError)
    -> UnitState?
  {
    try write { db in
      guard let unit = try db.moving(key), unit.holds(token) else { return nil }
      if let state = try db.neverSplit(unit, token: token, failure, now: now) { return state }
      let isPoisoned = try db.isPoisoned(unit, token: token, failure)
      var change = Change(
        step: failure.step, errorCode: failure.code, errorText: failure.message)
      var verdict = UnitEvent.Verdict.never
      if isPoisoned {
        change.errorCode = "poisoned"
        change.errorText =
          "\(Failure.limit) attempts ended at step \(failure.step): \(failure.message)"
      } else {
        switch failure.next {
        case .again: verdict = .again
        case .later(let due): (verdict, change.dueMs) = (.later, due)
        case .never: verdict = .never
        }
      }
      let moved = try db.move(unit, .ended(verdict), change, now: now)
      try db.endAttempt(unit, token: token, failure.outcome, step: moved.step, now: now)
      if moved.state == .failed, moved.kind == .source {
        _ = try db.failVariants(of: moved, now: now)
      }
      if moved.state == .failed { try db.replan(around: [moved], now: now) }
      return try db.leftWorker(moved, now: now).state
    }
  }

  /// Gives up everything that waits for a model, in a compute type and with kernels, that does not
  /// start; returns the units.
  ///
  /// Variants of a source that another worker runs right now go on waiting for it.
  @discardableResult
  public func failModel(
    _ loaded: LoadedModel, code: String, message: String, now: Int64
  ) throws(EditError) -> [Key] {
    try write { db in
      let change = Change(errorCode: code, errorText: message)
      let waiting = "\(loaded.condition()) AND state IN ('ready', 'parked', 'scheduled')"
      let which = loaded.arguments
      var failed: [Key] = []
      for source in try db.movings("\(waiting) AND kind = 'source'", which) {
        let source = try db.move(source, .sourceFailed, change, now: now)
        failed.append(source.key)
        failed += try db.failVariants(of: source, change, now: now).map(\.key)
      }
      for variant in try db.movings(waiting, which) {
        failed.append(try db.move(variant, .sourceFailed, change, now: now).key)
      }
      // Forks wait for a trunk that waited for the model.
      failed += try db.failForks(ofFailed: loaded.model, change, now: now).map(\.key)
      return failed
    }
  }
}

extension Database {
  /// Counts a failure where it counts; whether it was one too many.
  ///
  /// A crash says nothing about which of several units did it, and one after a gained step is no
  /// proof that the unit cannot go on.
  fileprivate func isPoisoned(_ unit: Moving, token: Int64, _ failure: Failure) throws
    -> Bool
  {
    let row = try Row.fetchOne(
      cachedStatement(
        sql: """
          SELECT u.stuck_step, u.stuck_count, a.from_step,
            (SELECT count(*) FROM attempt b JOIN unit v ON v.id = b.unit_id
              LEFT JOIN unit t ON t.id = v.trunk_id
              WHERE b.token = a.token AND (v.trunk_step IS NULL OR b.from_step >= v.trunk_step
                OR t.step >= v.trunk_step)) AS companions
          FROM unit u JOIN attempt a ON a.unit_id = u.id WHERE u.id = ? AND a.token = ?
          """), arguments: [unit.id, token])
    guard let row else { throw EditError("job-table", .software, "a running unit has no attempt") }
    let named = failure.outcome == .failed
    let gained = failure.step > row["from_step"]
    let companions: Int = row["companions"]
    if !named, !gained, companions > 1 {
      try cachedStatement(sql: "UPDATE unit SET alone = 1 WHERE id = ?")
        .execute(arguments: [unit.id])
      return false
    }
    guard failure.counts, named || !gained else {
      if gained {
        try cachedStatement(sql: "UPDATE unit SET alone = 0 WHERE id = ?")
          .execute(arguments: [unit.id])
      }
      return false
    }
    let stuckStep: Int? = row["stuck_step"]
    let count = stuckStep == failure.step ? (row["stuck_count"] as Int) + 1 : 1
    try cachedStatement(
      sql: "UPDATE unit SET attempts = attempts + 1, stuck_step = ?, stuck_count = ? WHERE id = ?"
    ).execute(arguments: [failure.step, min(count, Failure.limit), unit.id])
    return count >= Failure.limit && failure.next != .never
  }
}
