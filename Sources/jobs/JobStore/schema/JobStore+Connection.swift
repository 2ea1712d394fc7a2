import Files
import Foundation
import GRDB

extension JobStore {
  /// How long a writer waits for another process.
  static let busySeconds = 10

  /// The folder exists, is local, may be written, and holds the file, open to the same people.
  ///
  /// The file is made before SQLite opens it: SQLite would make it 0644, and no process that has a
  /// database open may open it as a plain file, because closing that drops SQLite's locks.
  static func prepare(_ folder: StateFolder) throws(EditError) {
    let manager = FileManager.default
    if !manager.fileExists(atPath: folder.path) {
      do {
        try manager.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
      } catch {
        throw notAllowed(folder.path)
      }
      _ = chmod(folder.path, 0o2770)
    }
    if let type = Mounts.current().networkType(of: folder.path) {
      throw EditError(
        "network-file-system", .configuration,
        "\(folder.path) is on a network file system (\(type)), where SQLite's locks do not hold",
        hint: "--state DIR or P2P_STATE on a local disk; results may stay where they are")
    }
    guard access(folder.path, R_OK | W_OK | X_OK) == 0 else { throw notAllowed(folder.path) }
    let file = open(
      folder.database, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW,
      FolderMode.file(in: folder.path))
    if file >= 0 {
      FolderMode.give(file, at: folder.database)
      try? FileHandle(fileDescriptor: file).close()
    } else if errno != EEXIST {
      let reason = errno
      if reason == ENOSPC || reason == EDQUOT { throw diskFull(folder.database) }
      throw notAllowed(folder.path)
    }
    guard access(folder.database, R_OK | W_OK) == 0 else { throw notAllowed(folder.database) }
  }

  /// The settings of every connection, read back, because SQLite ignores what it does not know.
  static func configuration(_ folder: StateFolder, _ patience: Patience) -> Configuration {
    var configuration = Configuration()
    let wait = BusyWait(patience, longest: .seconds(busySeconds))
    configuration.busyMode = .callback { wait.goesOn(after: $0) }
    configuration.foreignKeysEnabled = true
    configuration.label = "p2p.db"
    configuration.prepareDatabase { db in
      try Migrations.refuseForeign(db, path: folder.database)
      for (name, value, expected) in settings {
        try db.execute(sql: "PRAGMA \(name) = \(value)")
        let found = try String.fetchOne(db, sql: "PRAGMA \(name)")
        guard found == expected else {
          throw EditError(
            "setting-refused", .software,
            "SQLite keeps \(name) at \(found ?? "nothing"), not \(expected)")
        }
      }
    }
    return configuration
  }

  /// A rollback journal, not WAL: several processes write, and the WAL of SQLite before 3.51.3 may
  /// lose pages when they do. Without `cache_spill` a big submission locks readers out for long.
  static let settings = [
    ("journal_mode", "TRUNCATE", "truncate"),
    ("synchronous", "FULL", "2"),
    ("foreign_keys", "ON", "1"),
    ("cache_spill", "OFF", "0"),
    ("trusted_schema", "OFF", "0"),
  ]
}
