import Files
import GRDB

/// Which numerics the table is of: what it has queued is made by programs of one revision.
extension Database {
  /// The newest revision of all programs that had the table.
  func revision() throws -> Int {
    try Int.fetchOne(cachedStatement(sql: "SELECT revision FROM control WHERE id = 1")) ?? 0
  }

  func setRevision(_ revision: Int) throws {
    try execute(sql: "UPDATE control SET revision = ? WHERE id = 1", arguments: [revision])
  }

  /// Throws `numerics-newer` where a program of a newer revision had the table.
  func refuseNewer(than revision: Int) throws {
    let found = try self.revision()
    guard found > revision else { return }
    throw EditError(
      "numerics-newer", .configuration,
      "the job table is of numerics revision \(found), this program makes revision \(revision)",
      hint: "upgrade p2p, or use its own --state")
  }

  /// Whether the table, or something that is queued, is of an older revision.
  func isOlder(than revision: Int) throws -> Bool {
    if try self.revision() < revision { return true }
    return try Bool.fetchOne(
      self,
      sql: """
        SELECT EXISTS (SELECT 1 FROM unit INDEXED BY unit_revision
          WHERE \(Self.openStates) AND revision < ?)
        """, arguments: [revision]) ?? false
  }

  /// Gives everything that is queued under other numerics new keys; what is finished, failed or
  /// cancelled stays as it is. Returns how many units began anew.
  ///
  /// Nobody runs anything meanwhile, so units that were running are left by a daemon that is gone.
  func renewAll(to revision: Int, now: Int64) throws -> Int {
    try setRevision(revision)
    var renewal = try Renewal(self, now: now)
    let old = try movings("\(Self.openStates) AND revision <> ?", [revision])
    for unit in old where unit.kind == .variant {
      do { try renewal.renewOpen(unit) } catch let error as EditError
        where error.code == "job-table-damaged"
      {
        // It fails when it is claimed, and says why.
        try note("not-renewed", unit: unit.id, detail: error.what, now: now)
      }
    }
    for unit in old where unit.kind == .source { try renewal.retireIdle(unit.id) }
    try renewal.plan()
    if renewal.count > 0 {
      try note(
        "upgraded", detail: "\(renewal.count) units to numerics revision \(revision)", now: now)
    }
    return renewal.count
  }

  /// The states of units to which something may still happen, as partial indexes name them.
  static let openStates = "state IN ('scheduled', 'blocked', 'ready', 'running', 'parked')"
}
