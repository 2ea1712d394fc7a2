public import EditJobs
import GRDB

extension JobStore {
  /// A running unit was left at a step edge. `false` where the token is stale.
  @discardableResult
  public func park(_ key: Key, token: Int64, step: Int, now: Int64) throws(EditError) -> Bool {
    try write { db in
      guard let unit = try db.moving(key), unit.holds(token) else { return false }
      let parked = try db.move(unit, .stopped, Change(step: step), now: now)
      try db.endAttempt(unit, token: token, .parked, step: parked.step, now: now)
      try db.meetSource(parked, now: now)
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
    let ready = try move(unit, .ended(.again), Change(step: step), now: now)
    try endAttempt(unit, token: token, .lost, step: ready.step, now: now)
    try meetSource(ready, now: now)
  }
}
