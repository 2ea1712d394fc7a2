public import EditJobs
import GRDB

extension JobStore {
  /// Wants failed and cancelled cells again, from where their trajectories stand; returns the units.
  ///
  /// Of `all`, failed ones only: what was cancelled long ago is not meant. Their place in the line
  /// is the old one; attempts count from 0 again.
  public func retry(_ target: Target, now: Int64) throws(EditError) -> [Key] {
    try write { db in
      var changed: [Moving] = []
      for cell in try db.cellRefs(target) {
        let isCancelled = cell.isCancelled || cell.state == .cancelled
        guard
          target == .all
            ? cell.state == .failed && !cell.isCancelled
            : cell.state == .failed || isCancelled
        else { continue }
        try db.cachedStatement(sql: "UPDATE cell SET cancelled_ms = NULL WHERE id = ?")
          .execute(arguments: [cell.id])
        changed += try db.want(try db.moving(id: cell.unit), now: now)
      }
      try db.replan(around: changed, now: now)
      try db.releaseFromPauses(now: now)
      return changed.map(\.key)
    }
  }
}
