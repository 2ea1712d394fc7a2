import EditJobs
import Files
import Foundation
import GRDB
import JobStore
import Testing

@Suite struct OpeningTests {
  static let migrations = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "migrations")

  func mode(_ path: String) throws -> Int {
    var facts = stat()
    try #require(stat(path, &facts) == 0)
    return Int(facts.st_mode & 0o7777)
  }

  func refusal(_ body: () throws -> Void) throws -> EditError {
    try #require(throws: EditError.self, performing: body)
  }

  @Test func anEmptyFolderGetsADatabaseForTheGroup() throws {
    let table = try JobTable()
    #expect(try mode(table.folder.path) == 0o2770)
    #expect(try mode(table.folder.database) == 0o660)
    let version = try table.raw { try Int.fetchOne($0, sql: "PRAGMA user_version") }
    #expect(version == Migrations.latest)
    let check = try table.raw { try String.fetchOne($0, sql: "PRAGMA integrity_check") }
    #expect(check == "ok")
  }

  @Test func theListIsTheFolder() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.migrations.path)
      .filter { $0.hasSuffix(".sql") }.sorted()
    #expect(files == Migrations.names)
  }

  @Test func aNewerSchemaIsRefused() throws {
    let table = try JobTable()
    try table.raw { try $0.execute(sql: "PRAGMA user_version = 99") }
    let error = try refusal { _ = try JobStore(table.folder, holdsLock: true) }
    #expect(error.status == .configuration)
    #expect(
      error.what
        == "the job table is newer (schema 99) than this program (schema \(Migrations.latest))")
  }

  @Test func anotherProgramsDatabaseIsRefused() throws {
    let table = try JobTable()
    try table.raw { try $0.execute(sql: "PRAGMA application_id = 7") }
    #expect(try refusal { _ = try JobStore(table.folder) }.code == "not-a-job-table")
  }

  @Test func anOlderSchemaIsMigratedUnderTheLockAlone() throws {
    let folder = StateFolder(
      path: FileManager.default.temporaryDirectory.path + "/p2p-old-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      atPath: folder.path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder.path) }
    let old = try DatabaseQueue(path: folder.database)
    try old.write { db in
      for name in Migrations.names.prefix(2) {
        let text = try String(
          contentsOf: Self.migrations.appending(path: name), encoding: .utf8)
        try db.execute(sql: text)
      }
      try db.execute(sql: "PRAGMA user_version = 2")
    }
    try old.close()
    do {
      let lock = try FolderLock.take(folder)
      let error = try refusal { _ = try JobStore(folder) }
      #expect(error.code == "schema-older" && error.status == .configuration)
      #expect(error.hint?.contains("restart the daemon") == true)
      withExtendedLifetime(lock) {}
    }
    // Where no daemon runs, whoever comes first does it.
    let store = try JobStore(folder)
    _ = try store.enqueue(Grid().submission, owner: 1, now: 1)
    try store.close()
    try JobStore(folder, holdsLock: true).close()
  }

  @Test func aPlaceThatIsNoFolderIsRefused() throws {
    let table = try JobTable()
    let error = try refusal {
      _ = try JobStore(StateFolder(path: table.folder.database + "/below"))
    }
    #expect(error.status == .notAllowed)
    #expect(error.what.hasPrefix("cannot write to"))
  }

  @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
  func anUnwritableFolderIsRefused() throws {
    let table = try JobTable()
    try table.store.close()
    chmod(table.folder.path, 0o500)
    defer { chmod(table.folder.path, 0o700) }
    #expect(try refusal { _ = try JobStore(table.folder) }.status == .notAllowed)
  }

  @Test func aFileThatIsNoDatabaseIsRefused() throws {
    let table = try JobTable()
    try table.store.close()
    try Data(repeating: 65, count: 8192).write(to: URL(filePath: table.folder.database))
    #expect(try refusal { _ = try JobStore(table.folder) }.code == "job-table-damaged")
  }

  @Test func networkFileSystemsAreFound() {
    let mounts = Mounts(
      mountinfo: """
        22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
        30 22 0:41 / /mnt/team\\040share rw shared:9 - nfs4 server:/x rw,vers=4.2
        31 30 8:2 / /mnt/team\\040share/local rw - xfs /dev/sdb rw
        32 22 0:50 / /mnt/win rw - cifs //s/x rw
        """)
    #expect(mounts.networkType(of: "/var/lib/p2p") == nil)
    #expect(mounts.networkType(of: "/mnt/team share") == "nfs4")
    #expect(mounts.networkType(of: "/mnt/team share/p2p") == "nfs4")
    #expect(mounts.networkType(of: "/mnt/team share/local/p2p") == nil)
    #expect(mounts.networkType(of: "/mnt/team shared") == nil)
    #expect(mounts.networkType(of: "/mnt/win/a") == "cifs")
  }

  @Test func anotherProcessCommitShowsInTheDataVersion() throws {
    let table = try JobTable()
    let other = try JobStore(table.folder)
    let before = try table.store.dataVersion()
    #expect(try table.store.dataVersion() == before)
    _ = try other.enqueue(Grid().submission, owner: 1, now: 1)
    #expect(try table.store.dataVersion() != before)
    try other.close()
  }
}
