public import EditJobs
public import Files
import GRDB

extension JobStore {
  /// Wants failed and cancelled cells again, from where their trajectories stand; returns the units.
  ///
  /// Of `all`, failed ones only: what was cancelled long ago is not meant. Their place in the line
  /// is the old one; attempts count from 0 again. Variants of older numerics are made anew, from their
  /// first step, and their cells point at other keys.
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
        // Another cell of the target may have given it a variant of today's numerics.
        let unit = try Int64.fetchOne(
          db.cachedStatement(
            sql: "UPDATE cell SET cancelled_ms = NULL WHERE id = ? RETURNING unit_id"),
          arguments: [cell.id])
        changed += try db.want(try db.moving(id: unit ?? cell.unit), now: now)
      }
      try db.replan(around: changed, now: now)
      try db.releaseFromPauses(now: now)
      return changed.map(\.key)
    }
  }
}
