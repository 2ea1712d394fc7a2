import EditJobs
import GRDB

/// The schema's history, one change per file, embedded in the program.
///
/// The number that counts is SQLite's own `user_version`, so that any shell can read it.
public enum Migrations {
  /// Marks the file as ours: "p2p1".
  public static let applicationID = 0x7032_7031
  /// The files in order; the first leads to schema 1.
  public static let names = [
    "0001-units.sql", "0002-sweeps.sql", "0003-events.sql", "0004-maps.sql",
    "0005-inspections.sql", "0006-tree.sql", "0007-control.sql", "0008-compute.sql",
    "0011-numerics.sql",
  ]
  /// The schema of this program.
  public static var latest: Int { names.count }

  private static let texts = [
    PackageResources._001_units_sql, PackageResources._002_sweeps_sql,
    PackageResources._003_events_sql, PackageResources._004_maps_sql,
    PackageResources._005_inspections_sql, PackageResources._006_tree_sql,
    PackageResources._007_control_sql, PackageResources._008_compute_sql,
    PackageResources._011_numerics_sql,
  ]

  /// The first thing that a connection does: nothing is asked of a file that is not ours or newer.
  static func refuseForeign(_ db: Database, path: String) throws {
    let id = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    let version = try version(db)
    guard id == applicationID || (id == 0 && version == 0) else {
      throw EditError(
        "not-a-job-table", .configuration, "\(path) is a database of another program",
        hint: "another --state DIR")
    }
    guard version <= latest else {
      throw EditError(
        "schema-newer", .configuration,
        "the job table is newer (schema \(version)) than this program (schema \(latest))",
        hint: "upgrade p2p, or use its own --state")
    }
  }

  /// Brings the schema up to date: all at once in an empty file, else one change at a time.
  static func run(_ queue: DatabaseQueue, holdsLock: Bool) throws {
    var found = try queue.read(version)
    if found == latest { return }
    if found == 0 {
      try queue.write { db in
        // Another process may have been first.
        guard try version(db) == 0 else { return }
        for number in 1...latest { try apply(number, db) }
      }
      found = try queue.read(version)
    }
    guard found == latest || holdsLock else {
      throw EditError(
        "schema-older", .configuration,
        "the job table is older (schema \(found)) than this program (schema \(latest))",
        hint: "restart the daemon, which brings it up to date: systemctl restart p2pd")
    }
    while found < latest {
      let next = found + 1
      try queue.write { try apply(next, $0) }
      found = next
    }
  }

  private static func version(_ db: Database) throws -> Int {
    try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
  }

  private static func apply(_ number: Int, _ db: Database) throws {
    try db.execute(sql: String(decoding: texts[number - 1], as: UTF8.self))
    if names[number - 1] == "0006-tree.sql" { try db.signAllVariants() }
    try db.execute(sql: "PRAGMA user_version = \(number)")
  }
}
