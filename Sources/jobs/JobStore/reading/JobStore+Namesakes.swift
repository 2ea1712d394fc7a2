public import Files
import GRDB

/// An older sweep of a name, which means a newer one now.
public struct Namesake: Sendable, Hashable {
  /// Its number.
  public var id: Int64
  /// How many of its cells the newer one has not.
  public var cells: Int
}

extension JobStore {
  /// The sweep that a new one's name meant until now, where it has cells that the new one has not;
  /// `nil` for none.
  public func shadowed(by sweep: Int64) throws(EditError) -> Namesake? {
    try read { db in
      let older = try Int64.fetchOne(
        db,
        sql: """
          SELECT max(id) FROM sweep
          WHERE name = (SELECT name FROM sweep WHERE id = ?1) AND id < ?1
          """, arguments: [sweep])
      guard let older else { return nil }
      let cells = try Int.fetchOne(
        db,
        sql: """
          SELECT count(*) FROM cell WHERE sweep_id = ? AND role = 'cell'
            AND coord NOT IN (SELECT coord FROM cell WHERE sweep_id = ? AND role = 'cell')
          """, arguments: [older, sweep])
      guard let cells, cells > 0 else { return nil }
      return Namesake(id: older, cells: cells)
    }
  }
}
