import EditJobs
import Files
import Foundation
import Testing

/// What a stamp shows, and what it does not.
@Suite struct FileStampTests {
  private let folder = URL(filePath: "/tmp/p2p-stamps-\(UUID().uuidString)").path

  /// Two files of the same size and time.
  private func make() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for name in ["a", "b"] {
      try Data(name.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
      try date("\(folder)/\(name)")
    }
  }

  private func date(_ path: String) throws {
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1_000_000)], ofItemAtPath: path)
  }

  @Test func bytesCannotChangeUnderAStamp() throws {
    try make()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = "\(folder)/a"
    for _ in 0..<50 {
      let before = try #require(StampedFile.settled([file]).first)
      #expect(before.isSettled && before.isCurrent)
      let handle = try FileHandle(forWritingTo: URL(filePath: file))
      try handle.write(contentsOf: Data("x".utf8))
      try handle.close()
      try date(file)
      #expect(!before.isCurrent)
      let after = try #require(FileStamp(path: file))
      #expect(after.size == before.stamp?.size && after.modified == before.stamp?.modified)
    }
  }

  @Test func whatLinksLeadToIsStamped() throws {
    try make()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let (files, link) = (FileManager.default, "\(folder)/link")
    let nothing = StampedFile(link)
    #expect(nothing.stamp == nil && nothing.isCurrent && nothing.isSettled)
    try files.createSymbolicLink(atPath: link, withDestinationPath: "a")
    #expect(!nothing.isCurrent)
    let one = StampedFile(link)
    #expect(one.stamp == FileStamp(path: "\(folder)/a"))
    try files.removeItem(atPath: link)
    #expect(!one.isCurrent)
    try files.createSymbolicLink(atPath: link, withDestinationPath: "b")
    #expect(!one.isCurrent)
  }

  @Test func aTimeInTheFutureIsNotReliedOn() throws {
    try make()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var facts = stat()
    #expect(stat("\(folder)/a", &facts) == 0)
    facts.st_ctim.tv_sec += 3_600
    #expect(!FileStamp(facts).isSettled)
    facts.st_ctim.tv_sec -= 7_200
    #expect(FileStamp(facts).isSettled)
  }

  @Test func whatARememberedAnswerRestsOn() throws {
    try make()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var found = Inspection(
      facts: Grid().facts, files: StampedFile.settled(["\(folder)/a", "\(folder)/none"]),
      cache: nil, isLasting: true)
    #expect(found.isCurrent(cache: "/hub"))
    let text = try JSONEncoder().encode(found)
    #expect(try JSONDecoder().decode(Inspection.self, from: text) == found)
    #expect(try JSONDecoder().decode(ModelFacts.self, from: text) == found.facts)
    // Another program may read the same files in another way, and one before it said less.
    var other = found
    for revision in [nil, Numerics.currentRevision - 1] {
      other.revision = revision
      let kept = try JSONDecoder().decode(Inspection.self, from: JSONEncoder().encode(other))
      #expect(kept == other && !kept.isCurrent(cache: "/hub"))
    }
    found.cache = "/hub"
    #expect(found.isCurrent(cache: "/hub") && !found.isCurrent(cache: "/other"))
    found.isLasting = false
    #expect(!found.isCurrent(cache: "/hub"))
    found.isLasting = true
    try Data().write(to: URL(filePath: "\(folder)/none"))
    #expect(!found.isCurrent(cache: "/hub"))
  }
}

/// Paths as the system resolves them.
@Suite struct SystemPathTests {
  @Test func linksStayButForThoseBeforeDots() throws {
    let (files, folder) = (FileManager.default, "/tmp/p2p-paths-\(UUID().uuidString)")
    try files.createDirectory(atPath: "\(folder)/far/off/model", withIntermediateDirectories: true)
    defer { try? files.removeItem(atPath: folder) }
    try files.createSymbolicLink(atPath: "\(folder)/link", withDestinationPath: "far/off/model")
    let real = try #require(SystemPath.resolved(folder))
    #expect(SystemPath.absolute("\(folder)/link") == "\(folder)/link")
    #expect(SystemPath.absolute("\(folder)//link/./x/") == "\(folder)/link/x")
    #expect(SystemPath.absolute("\(folder)/link/../model") == "\(real)/far/off/model")
    #expect(SystemPath.absolute("\(folder)/link/../../off") == "\(real)/far/off")
    #expect(SystemPath.absolute("\(folder)/link/..") == "\(real)/far/off")
    #expect(SystemPath.absolute("\(folder)/no/../x") == "\(folder)/no/../x")
    #expect(SystemPath.absolute("/..") == "/" && SystemPath.absolute("/tmp/..") == "/")
    #expect(SystemPath.absolute("x/y") == "\(files.currentDirectoryPath)/x/y")
    let home = ProcessInfo.processInfo.environment["HOME"] ?? ""
    #expect(SystemPath.absolute("~/x") == SystemPath.absolute("\(home)/x"))
  }
}
