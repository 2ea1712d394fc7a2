import Files
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
    "0009-inspected-files.sql",
    "0010-revision.sql",
    "0011-numerics.sql",
    "0012-comparisons.sql",
  ]
  /// The schema of this program.
  public static var latest: Int { names.count }

  private static let texts = [
    PackageResources._001_units_sql, PackageResources._002_sweeps_sql,
    PackageResources._003_events_sql, PackageResources._004_maps_sql,
    PackageResources._005_inspections_sql, PackageResources._006_tree_sql,
    PackageResources._007_control_sql, PackageResources._008_compute_sql,
    PackageResources._009_inspected_files_sql,
    PackageResources._010_revision_sql,
    PackageResources._011_numerics_sql,
    PackageResources._012_comparisons_sql,
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

  /// Brings the table up to date: the schema all at once in an empty file, else one change at a time,
  /// then the numerics of what is queued, in one transaction. Returns the units that got new keys.
  ///
  /// Only who holds the daemon's lock may do that, since a daemon that runs is of the older program;
  /// where nobody holds it, it is taken for as long as this takes.
  static func run(
    _ queue: DatabaseQueue, _ folder: StateFolder, holdsLock: Bool, revision: Int, now: Int64
  ) throws -> Int {
    if try queue.read(version) == 0 {
      try queue.write { db in
        // Another process may have been first.
        guard try version(db) == 0 else { return }
        for number in 1...latest { try apply(number, db) }
        try db.setRevision(revision)
      }
    }
    if holdsLock { return try upgrade(queue, revision: revision, now: now) }
    guard let older = try queue.read({ try older($0, revision: revision) }) else { return 0 }
    let lock: FolderLock
    do { lock = try FolderLock.take(folder) } catch {
      throw error.code == "daemon-running" ? older : error
    }
    let upgraded = Result { try upgrade(queue, revision: revision, now: now) }
    // Held until here: no daemon may begin meanwhile.
    withExtendedLifetime(lock) {}
    return try upgraded.get()
  }

  private static func upgrade(_ queue: DatabaseQueue, revision: Int, now: Int64) throws -> Int {
    while try queue.read(version) < latest {
      try queue.write { try apply(version($0) + 1, $0) }
    }
    let isOlder = try queue.read { db in
      try db.refuseNewer(than: revision)
      return try db.isOlder(than: revision)
    }
    guard isOlder else { return 0 }
    return try queue.write { db in
      let count = try db.renewAll(to: revision, now: now)
      CrashPoint.pass("renew-commit.before")
      return count
    }
  }

  /// What a program is told that may not bring the table up to date; `nil` where nothing is to be done.
  private static func older(_ db: Database, revision: Int) throws -> EditError? {
    let hint = "restart the daemon, which brings it up to date: systemctl restart p2pd"
    let found = try version(db)
    guard found == latest else {
      return EditError(
        "schema-older", .configuration,
        "the job table is older (schema \(found)) than this program (schema \(latest))", hint: hint)
    }
    try db.refuseNewer(than: revision)
    let had = try db.revision()
    guard had < revision else { return nil }
    return EditError(
      "numerics-older", .configuration,
      "the job table is of numerics revision \(had), this program makes revision \(revision)",
      hint: hint)
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
