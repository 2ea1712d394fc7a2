public import EditJobs
public import Files
import GRDB

extension JobStore {
  /// A running unit was left at a step edge. `false` where the token is stale.
  ///
  /// With `goesOn` it is ready again, unless paused sweeps alone want it; without, it waits for the
  /// next start of a daemon.
  @discardableResult
  public func park(_ key: Key, token: Int64, step: Int, goesOn: Bool = false, now: Int64)
    throws(EditError) -> Bool
  {
    try write { db in
      guard let unit = try db.moving(key), unit.holds(token) else { return false }
      if try db.isWaitingForTrunk(unit, step: step) {
        try db.notSplit(unit, token: token, now: now)
        return true
      }
      let parked = try db.move(unit, .stopped, Change(step: step), now: now)
      try db.endAttempt(unit, token: token, .parked, step: parked.step, now: now)
      let met = try db.leftWorker(parked, now: now)
      if goesOn, met.state == .parked, try !db.isHeld(met) {
        try db.move(met, .released, now: now)
      }
      return true
    }
  }

  /// Gives running units back to the line, no attempt counted: an order that never began.
  public func giveBack(_ keys: [Key], token: Int64, now: Int64) throws(EditError) {
    try write { db in
      for key in keys {
        guard let unit = try db.moving(key), unit.holds(token) else { continue }
        try db.giveBack(unit, token: token, step: unit.step, now: now)
      }
    }
  }
}

extension Database {
  func giveBack(_ unit: Moving, token: Int64, step: Int, now: Int64) throws {
    if try isWaitingForTrunk(unit, step: step) {
      try notSplit(unit, token: token, .lost, now: now)
      return
    }
    let ready = try move(unit, .ended(.again), Change(step: step), now: now)
    try endAttempt(unit, token: token, .lost, step: ready.step, now: now)
    try leftWorker(ready, now: now)
  }
}
