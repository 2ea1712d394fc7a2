public import EditJobs
public import Files
import GRDB

extension JobStore {
  /// At a daemon's start: every running unit goes back to the line, no attempt counted.
  ///
  /// Running and parked units get their steps from `step`, which reads their files. Only who holds
  /// the daemon's lock may call it: the lock proves that no worker is left. Returns the units that
  /// were running.
  @discardableResult
  public func settle(now: Int64, step: (UnitKind, Key) -> Int) throws(EditError) -> [Key] {
    let left = try read {
      try $0.movings("state = 'running'") + $0.movings("state = 'parked'")
    }
    // Files are read outside the transaction.
    let steps = left.map { step($0.kind, $0.key) }
    return try write { db in
      var lost: [Key] = []
      for (found, step) in zip(left, steps) {
        // A program may have cancelled it meanwhile.
        let unit = try db.moving(id: found.id)
        if let token = unit.token, unit.state == .running {
          try db.giveBack(unit, token: token, step: step, now: now)
          lost.append(unit.key)
        } else if unit.state == .parked {
          try db.setStep(unit, step, now: now)
        }
      }
      return lost
    }
  }
}
