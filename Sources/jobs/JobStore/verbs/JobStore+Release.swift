import EditJobs
public import Files
import GRDB

extension JobStore {
  /// Parked units become ready again, but for those that paused sweeps alone want; returns how many.
  @discardableResult
  public func release(now: Int64) throws(EditError) -> Int {
    try write { db in
      try db.releaseWanted(now: now).count
    }
  }

  /// Scheduled units whose time has come become ready; returns how many.
  ///
  /// A time further away than `longest` is a clock that jumped, and counts as come.
  @discardableResult
  public func releaseDue(now: Int64, longest: Int64 = 3_600_000) throws(EditError) -> Int {
    try write { db in
      let due = try db.movings(
        "state = 'scheduled' AND (due_ms <= ? OR due_ms > ?)", [now, now + longest])
      for unit in due {
        try db.move(unit, .due(sourceDone: try db.isFree(unit)), now: now)
      }
      return due.count
    }
  }
}
