import EditJobs
import Files
import Foundation
import ResultFiles
import Testing

/// Modes follow the folder, and errors say whether bytes or files are missing.
@Suite struct FolderModeTests {
  private let folder =
    FileManager.default.temporaryDirectory.path + "/p2p-mode-\(UUID().uuidString)"

  private func mode(_ path: String) throws -> mode_t {
    var facts = stat()
    try #require(stat(path, &facts) == 0)
    return facts.st_mode & 0o7777
  }

  /// No mask lets all of these through, and none takes away what they lack.
  @Test(arguments: [0o2777, 0o2770, 0o775, 0o700, 0o2750] as [mode_t])
  func whatIsMadeIsAsOpenAsItsFolder(_ open: mode_t) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(chmod(folder, open) == 0)
    try DurableFile.write([[1]], to: "\(folder)/file")
    #expect(try mode("\(folder)/file") == open & 0o666)
    try DurableFile.write([[1]], to: "\(folder)/picture", permissions: 0o444)
    #expect(try mode("\(folder)/picture") == open & 0o444)
    try DurableFile.makeFolder("\(folder)/a/b")
    #expect(try mode("\(folder)/a") == open && mode("\(folder)/a/b") == open)
    try DurableFile.writeRebuildable([[1]], to: "\(folder)/a/b/file")
    #expect(try mode("\(folder)/a/b/file") == open & 0o666)
    let unit = ResultFolder("\(folder)/a").variant(Key(Digest(of: "u".utf8)))
    try unit.create()
    _ = try unit.lock()
    #expect(try mode("\(unit.path)/.lock") == open & 0o666)
    // Again, where it is there: it stays as it is.
    #expect(chmod("\(folder)/a", 0o700) == 0)
    try DurableFile.makeFolder("\(folder)/a")
    #expect(try mode("\(folder)/a") == 0o700)
  }

  @Test func nothingIsTakenOverFromEverybodysFolder() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(chmod(folder, 0o1777) == 0)
    #expect(FolderMode.folder(in: folder) == nil)
    #expect(FolderMode.folder(in: "\(folder)/nowhere") == nil)
  }

  @Test func theNearestFolderIsAsked() throws {
    let room = try #require(DiskRoom(at: "/dev/shm/no/such/folder"))
    #expect(room.totalBytes > 0 && !room.hasNoInodes)
    // File systems without inodes have no lack of them.
    #expect(
      !DiskRoom(freeBytes: 0, totalBytes: 1, freeFiles: 0, totalFiles: 0).hasNoInodes)
    #expect(DiskRoom(freeBytes: 9, totalBytes: 9, freeFiles: 0, totalFiles: 5).hasNoInodes)
    let full = FileError("pwrite", "/dev/shm/x", ENOSPC).editError
    #expect(full.code == "disk-full" && full.what.contains("its disk is full"))
    #expect(full.hint?.contains("df") == true && full.hint?.contains("p2p gc") == false)
  }
}
