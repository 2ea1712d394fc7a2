import EditJobs
import Foundation
import Glibc
import JobStore
import ResultFiles
import Testing

/// `--out`: exit status 0 means that every picture is there.
@Suite struct PictureCopyTests {
  private func submit(_ name: String, seed: Int, _ folder: TemporaryFolder) throws -> Ran {
    try RealSweep.p2p(
      [
        "sweep", "--name", name, "--model", RealSweep.model, "--steps", "2", "--cfg", "1", "--seed",
        "\(seed)", "--prompt", "a red circle on a white background", "--to",
        "a green circle on a white background", "--tau", "0,1", "--wait",
      ], folder.state)
  }

  private func pictures(_ folder: String) throws -> [String: Data] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".png") }
    return try Dictionary(
      uniqueKeysWithValues: names.map {
        ($0, try Data(contentsOf: URL(filePath: "\(folder)/\($0)")))
      })
  }

  /// Two sweeps have cells of the same names: they get a folder each.
  @Test func severalSweepsGetAFolderEach() throws {
    let folder = try TemporaryFolder()
    for (name, seed) in [("one", 1), ("two", 2)] {
      #expect(try submit(name, seed: seed, folder).status == 0)
    }
    let out = "\(folder.path)/out"
    let ran = try RealSweep.p2p(["wait", "one", "two", "--out", out], folder.state)
    #expect(ran.status == 0, "\(ran.errors)")
    let copied = try pictures(out)
    #expect(copied.keys.filter { $0.hasPrefix("one-1/") }.count == 4, "\(copied.keys.sorted())")
    #expect(copied.keys.filter { $0.hasPrefix("two-2/") }.count == 4, "\(copied.keys.sorted())")
    #expect(copied["one-1/tau1.png"] != nil && copied["one-1/tau1.png"] != copied["two-2/tau1.png"])

    let alone = "\(folder.path)/alone"
    #expect(try RealSweep.p2p(["wait", "two", "--out", alone], folder.state).status == 0)
    #expect(try pictures(alone)["tau1.png"] == copied["two-2/tau1.png"])
  }

  /// A finished variant's folder is removed, another's picture is empty: both are made again.
  @Test func whatWasLostIsMadeAgain() throws {
    let folder = try TemporaryFolder()
    #expect(try submit("lost", seed: 3, folder).status == 0)
    let before = "\(folder.path)/before"
    #expect(try RealSweep.p2p(["wait", "lost", "--out", before], folder.state).status == 0)
    let variants = folder.state.results + "/variants"
    let keys = try FileManager.default.contentsOfDirectory(atPath: variants).sorted()
    try #require(keys.count >= 2)
    try FileManager.default.removeItem(atPath: "\(variants)/\(keys[0])")
    try Data().write(to: URL(filePath: "\(variants)/\(keys[1])/image.png"))

    let after = "\(folder.path)/after"
    let ran = try RealSweep.p2p(["wait", "lost", "--out", after], folder.state)
    #expect(ran.status == 0, "\(ran.errors)")
    #expect(ran.errors.components(separatedBy: "it is made again").count == 3)
    #expect(try pictures(after) == pictures(before))
  }

  /// The last variant is finished between the look at the cells and the look at how they stand: here
  /// while the copy of the source's picture waits for somebody who reads it.
  @Test func whatIsFinishedMeanwhileIsCopiedToo() throws {
    let folder = try TemporaryFolder()
    #expect(try submit("race", seed: 4, folder).status == 0)
    let store = try JobStore(folder.state, now: 1)
    let cells = try store.cells(.sweep(1)).filter { $0.role == .cell }
    let last = try #require(cells.last?.variant)
    let source = try #require(last.source)
    // Its files are there: only the table says that it is not done.
    #expect(try store.damaged(last.key, step: last.steps, now: 2))
    let lock = try FolderLock.take(folder.state)
    let out = "\(folder.path)/out"
    try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
    let pipe = "\(out)/source-\(source.short).png"
    try #require(mkfifo(pipe, 0o600) == 0)

    let program = Process()
    program.executableURL = URL(filePath: Built.program("p2p"))
    program.arguments = ["wait", "race", "--out", out]
    program.environment = ProcessInfo.processInfo.environment.merging([
      "P2P_STATE": folder.state.path, "P2P_RESULTS": folder.state.results,
    ]) { $1 }
    try program.run()
    Thread.sleep(forTimeInterval: 2)
    #expect(program.isRunning)
    let order = try #require(
      try store.claim(place: "test", now: 3) { _, _ in 1 })
    #expect(order.units.map(\.key) == [last.key])
    let manifest = try Data(
      contentsOf: URL(filePath: ResultFolder(folder.state.results).variant(last.key).manifest))
    #expect(
      try store.finish(last.key, token: order.token, manifest: Digest(of: manifest), now: 4))
    // Now it is read: the copy goes on.
    let reader = try FileHandle(forReadingFrom: URL(filePath: pipe))
    _ = try reader.readToEnd()
    program.waitUntilExit()
    withExtendedLifetime(lock) {}
    #expect(program.terminationStatus == 0)
    let copied = try FileManager.default.contentsOfDirectory(atPath: out)
    #expect(copied.filter { $0.hasSuffix(".png") }.count == 4, "\(copied)")
  }
}
