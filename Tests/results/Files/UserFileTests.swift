import EditJobs
import Files
import Foundation
import ResultFiles
import Testing

/// `UserFile` where a program does not easily get: the mode, the owner and the folder of what is there.
@Suite struct UserFileTests {
  private func folder() throws -> String {
    let path = NSTemporaryDirectory() + "/user-file-\(UUID())"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  private func mode(_ path: String) -> mode_t {
    var facts = stat()
    return stat(path, &facts) == 0 ? facts.st_mode & 0o7777 : 0
  }

  @Test func aPlainFileIsReplacedAndKeepsItsMode() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = "\(folder)/x"
    try Data("before".utf8).write(to: URL(filePath: file))
    chmod(file, 0o604)
    let reader = try #require(FileHandle(forReadingAtPath: file))
    try UserFile.write(Array("after".utf8), to: file)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "after")
    #expect(mode(file) == 0o604)
    // Who reads the old one goes on reading it.
    #expect(try reader.readToEnd() == Data("before".utf8))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["x"])
  }

  @Test func aNewFileHasTheModeOfTheMask() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let mask = umask(0o022)
    umask(mask)
    try UserFile.write([1], to: "\(folder)/new")
    #expect(mode("\(folder)/new") == 0o666 & ~mask)
  }

  @Test(.enabled(if: getuid() != 0)) func whatMayNotBeWrittenStays() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = "\(folder)/x"
    try Data("before".utf8).write(to: URL(filePath: file))
    chmod(file, 0o444)
    #expect(throws: EditError.self) { try UserFile.write([1], to: file) }
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "before")
    // The file may be written and its folder not: it is written in its place.
    chmod(file, 0o644)
    chmod(folder, 0o555)
    defer { chmod(folder, 0o755) }
    try UserFile.write(Array("after".utf8), to: file)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "after")
  }

  @Test func namesAreLookedAt() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
    for (name, target) in [("down", "../else/x"), ("out", "/dev/stdout"), ("null", "/dev/null")] {
      #expect(symlink(target, "\(folder)/\(name)") == 0)
    }
    #expect(try UserFile.place("\(folder)/none") == .file("\(folder)/none"))
    #expect(try UserFile.place("\(folder)/pipe") == .device("\(folder)/pipe"))
    #expect(try UserFile.place("\(folder)/down") == .file("\(folder)/../else/x"))
    #expect(try UserFile.place("\(folder)/out").isStandardOutput)
    #expect(try UserFile.place("\(folder)/null") == .device("/dev/null"))
    #expect(try UserFile.place("/dev/fd/7") == .descriptor(7))
    for wrong in ["", folder, "\(folder)/none/", "\(folder)/pipe/x"] {
      let error = #expect(throws: EditError.self) { try UserFile.place(wrong) }
      #expect(error?.code == "cannot-write")
    }
  }
}
