import EditJobs
import Foundation
import JobStore
import ResultFiles
import Testing

/// A queue that several users share: modes, refused writes, and who may go on with whose work.
@Suite(.serialized) struct SharedFolderTests {
  private static let nobody: UInt32 = 65534
  /// Runs a program as another user, where we may.
  private static let asNobody = [
    "/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
  ]
  static let mayBecomeNobody =
    geteuid() == 0 && FileManager.default.isExecutableFile(atPath: asNobody[0])
  /// Runs a program with a mask that takes nearly everything away.
  private static let masked = ["/bin/sh", "-c", "umask 077; exec \"$0\" \"$@\""]

  private func mode(_ path: String) throws -> mode_t {
    var facts = stat()
    try #require(stat(path, &facts) == 0, "\(path)")
    return facts.st_mode
  }

  private func enqueue(
    _ folder: StateFolder, seed: UInt64 = 1, name: String = "small"
  ) throws -> Submission {
    let submission = SmallSweep.submission(
      facts: try ResumeTests.facts.get(), folder: ResumeTests.model, name: name,
      prompt: "a red circle on a white background", variants: 2, steps: 3, seed: seed)
    try SmallSweep.enqueue(submission, folder)
    return submission
  }

  /// A state folder for a group, as the service's is.
  private func shared(_ folder: TemporaryFolder, mode: mode_t) throws {
    try FileManager.default.createDirectory(
      atPath: folder.state.path, withIntermediateDirectories: true)
    if geteuid() == 0 { #expect(chown(folder.state.path, 0, Self.nobody) == 0) }
    #expect(chmod(folder.state.path, mode) == 0)
  }

  @Test(arguments: [0o2770, 0o2775, 0o700, 0o755] as [mode_t])
  func everythingIsAsOpenAsTheStateFolder(_ folderMode: mode_t) async throws {
    let folder = try TemporaryFolder()
    try shared(folder, mode: folderMode)
    // The first who comes has a mask, too.
    let first = try DaemonUnderTest(folder.state, ["--embedded"], through: Self.masked)
    #expect(await first.ended() == 0, "\(first.log.text)")
    _ = try enqueue(folder.state)
    let daemon = try DaemonUnderTest(folder.state, ["--embedded"], through: Self.masked)
    #expect(await daemon.ended(within: 60) == 0, "\(daemon.log.text)")
    var count = 0
    for file in try FileManager.default.subpathsOfDirectory(atPath: folder.state.path) {
      let found = try mode("\(folder.state.path)/\(file)")
      count += 1
      if found & S_IFMT == S_IFDIR {
        #expect(found & 0o777 == folderMode & 0o777, "\(file): \(String(found, radix: 8))")
        #expect(found & S_ISGID == folderMode & S_ISGID, "\(file): \(String(found, radix: 8))")
      } else {
        // Pictures are for reading alone.
        let mayWrite = found & 0o222 != 0
        let expected = folderMode & (mayWrite ? 0o666 : 0o444)
        #expect(found & 0o777 == expected, "\(file): \(String(found, radix: 8))")
        #expect(mayWrite != (file.hasSuffix(".png") && !file.hasSuffix("grid.png")), "\(file)")
      }
    }
    #expect(count > 30)
  }

  @Test(.enabled(if: mayBecomeNobody)) func aSecondUserGoesOnWhereTheFirstStood() async throws {
    let folder = try TemporaryFolder()
    try shared(folder, mode: 0o2770)
    _ = try enqueue(folder.state)
    let root = try DaemonUnderTest(folder.state, ["--embedded"], through: Self.masked)
    #expect(await root.ended(within: 60) == 0, "\(root.log.text)")
    // Another sweep of the same source, and a source of its own; both write into root's folders.
    _ = try enqueue(folder.state, seed: 2, name: "more")
    let service = try DaemonUnderTest(
      folder.state, ["--embedded"], environment: ["HOME": "/nonexistent"], through: Self.asNobody)
    #expect(await service.ended(within: 60) == 0, "\(service.log.text)")
    // And the first again.
    _ = try enqueue(folder.state, seed: 3, name: "last")
    let again = try DaemonUnderTest(folder.state, ["--embedded"], through: Self.masked)
    #expect(await again.ended(within: 60) == 0, "\(again.log.text)")
    let cells = try SmallSweep.read(folder.state) { try $0.cells(.all) }
    #expect(cells.count == 6)
    #expect(cells.allSatisfy { $0.state == .done && $0.variant.attempts == 0 })
  }

  @Test(.enabled(if: mayBecomeNobody)) func aFolderThatIsRefusedParksItsUnitAlone() async throws {
    let folder = try TemporaryFolder()
    try shared(folder, mode: 0o2770)
    let submission = try enqueue(folder.state)
    // Another user's, from a program that did not share: a variant's and, of another sweep, a source's.
    let other = try enqueue(folder.state, seed: 2, name: "other")
    let results = ResultFolder(folder.state.results)
    try results.create()
    let closed = [
      results.variant(submission.variants[1].key), results.source(other.sources[0].key),
    ]
    for unit in closed {
      try unit.create()
      #expect(chmod(unit.path, 0o755) == 0 && chown(unit.path, 0, 0) == 0)
    }
    let daemon = try DaemonUnderTest(
      folder.state, environment: ["HOME": "/nonexistent"], through: Self.asNobody)
    func units() throws -> [UnitRow] {
      try SmallSweep.read(folder.state) { store in try closed.compactMap { try store.unit($0.key) }
      }
    }
    var waits: [Postponement] = []
    #expect(
      try await wait(30) {
        waits = try SmallSweep.read(folder.state) { try $0.postponements() }
        return waits.map(\.code) == ["not-allowed"] && waits.first?.units == 2
      }, "\(daemon.log.text)")
    let text = waits.first?.text ?? ""
    #expect(closed.contains { text.contains($0.path) } && text.contains("Permission denied"))
    // Everything else went on.
    let done = try SmallSweep.read(folder.state) { try $0.unit(submission.variants[0].key) }
    #expect(done?.state == .done)
    #expect(try SmallSweep.read(folder.state) { try $0.pulse() }.isPaused == false)
    try await Task.sleep(for: .seconds(4))
    #expect(try units().allSatisfy { $0.state != .failed && $0.attempts == 0 })
    // It is tried again and again, and goes on when it may.
    for unit in closed { #expect(chmod(unit.path, 0o2777) == 0) }
    let maps = results.source(other.sources[0].key).maps
    #expect(chmod(maps, 0o2777) == 0)
    #expect(
      try await wait(60) {
        try SmallSweep.read(folder.state) { try $0.cells(.all) }.allSatisfy { $0.state == .done }
      }, "\(daemon.log.text)")
    daemon.signal(SIGTERM)
    #expect(await daemon.ended() == 0)
  }

  @Test(.enabled(if: mayBecomeNobody), arguments: ["variants", "sources", "."])
  func aRootThatIsRefusedPausesTheQueue(_ name: String) async throws {
    let folder = try TemporaryFolder()
    try shared(folder, mode: 0o2770)
    _ = try enqueue(folder.state)
    try ResultFolder(folder.state.results).create()
    let root = "\(folder.state.results)/\(name)"
    #expect(chmod(root, 0o555) == 0)
    let daemon = try DaemonUnderTest(
      folder.state, ["--embedded"], environment: ["HOME": "/nonexistent"], through: Self.asNobody)
    if name == "." {
      // At its start it is told so at once.
      #expect(await daemon.ended(within: 10) == 73, "\(daemon.log.text)")
      return
    }
    #expect(
      try await wait(30) {
        let pulse = try SmallSweep.read(folder.state) { try $0.pulse() }
        return pulse.isPaused && pulse.pauseReason?.contains("no right to write: \(root)") == true
      }, "\(daemon.log.text)")
    #expect(chmod(root, 0o2777) == 0)
    #expect(await daemon.ended(within: 60) == 0, "\(daemon.log.text)")
    let cells = try SmallSweep.read(folder.state) { try $0.cells(.all) }
    #expect(cells.allSatisfy { $0.state == .done && $0.variant.attempts == 0 })
  }

  /// A link to a disk that is not mounted.
  @Test func aRootThatLeadsNowherePausesTheQueue() async throws {
    let folder = try TemporaryFolder()
    _ = try enqueue(folder.state)
    let (link, target) = ("\(folder.state.results)/variants", "\(folder.path)/disk/variants")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
    let daemon = try DaemonUnderTest(folder.state, ["--embedded"])
    #expect(
      try await wait(30) {
        try SmallSweep.read(folder.state) { try $0.pulse() }.pauseReason?.contains("leads nowhere")
          == true
      }, "\(daemon.log.text)")
    try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
    #expect(await daemon.ended(within: 60) == 0, "\(daemon.log.text)")
    let cells = try SmallSweep.read(folder.state) { try $0.cells(.all) }
    #expect(cells.allSatisfy { $0.state == .done && $0.variant.attempts == 0 })
  }
}
