import EditJobs
import Foundation
import JobStore
import ResultFiles
import RunMeasures
import Testing

/// Kills and stops of the real worker and of its daemon, on the bundled model.
@Suite(.serialized) struct ResumeTests {
  static let model = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "models/mini-shapes").path

  static let facts: Result<ModelFacts, any Error> = Result {
    let process = Process()
    process.executableURL = URL(filePath: Built.program("p2p-worker"))
    process.arguments = ["inspect", model]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return try JSONDecoder().decode(ModelFacts.self, from: data)
  }

  private func submission(steps: Int = 30) throws -> Submission {
    SmallSweep.submission(
      facts: try Self.facts.get(), folder: Self.model, prompt: "a red circle on a white background",
      variants: 3, steps: steps, seed: 7)
  }

  /// Every file of the units by its hash, but for locks and maps, which can be made again.
  private func hashes(_ folder: StateFolder) throws -> [String: Digest] {
    var found: [String: Digest] = [:]
    for kind in ["sources", "variants"] {
      let root = "\(folder.results)/\(kind)"
      for path in FileManager.default.enumerator(atPath: root)?.allObjects ?? [] {
        guard let path = path as? String, !path.hasSuffix(".lock"), !path.contains("/maps"),
          let data = FileManager.default.contents(atPath: "\(root)/\(path)")
        else { continue }
        found["\(kind)/\(path)"] = Digest(of: data)
      }
    }
    return found
  }

  private func events(_ folder: StateFolder) throws -> [EventRow] {
    try SmallSweep.read(folder) { try $0.events(limit: 10_000) }
  }

  /// The first unit that this daemon's worker runs between two of its steps: its file grows.
  private func middle(_ daemon: DaemonUnderTest) async throws -> UnitRow? {
    var found: UnitRow?
    var first: [Key: Int] = [:]
    _ = try await wait(60) {
      // Before the first order the table may still say what a killed daemon ran.
      guard daemon.log.text.contains("order ") else { return false }
      found = try SmallSweep.read(daemon.folder) { try $0.units(in: .running) }
        .first { unit in
          let results = ResultFolder(daemon.folder.results)
          let files = unit.kind == .source ? results.source(unit.key) : results.variant(unit.key)
          let steps = TrajectoryReader.standingPasses(path: files.trajectory) ?? 0
          let before = first[unit.key] ?? steps
          first[unit.key] = before
          return steps > before && steps < unit.steps - 8
        }
      return found != nil
    }
    return found
  }

  @Test func killsChangeNoByteAndCountAgainstNobody() async throws {
    let calm = try TemporaryFolder()
    try SmallSweep.enqueue(try submission(), calm.state)
    let undisturbed = try DaemonUnderTest(calm.state, ["--embedded"])
    #expect(await undisturbed.ended(within: 120) == 0, "\(undisturbed.log.text)")
    let expected = try hashes(calm.state)
    #expect(expected.count >= 20)

    let folder = try TemporaryFolder()
    try SmallSweep.enqueue(try submission(), folder.state)
    // A worker in the middle of a unit.
    var daemon = try DaemonUnderTest(folder.state)
    _ = try #require(try await middle(daemon))
    let killed = try #require(daemon.children.first)
    kill(killed, SIGKILL)
    #expect(await wait(60) { daemon.log.text.contains("killed by signal 9") })
    #expect(await wait(60) { daemon.children.contains { $0 != killed } })
    // The daemon in the middle of a unit: no worker outlives it by more than two seconds.
    _ = try #require(try await middle(daemon))
    let worker = try #require(daemon.children.first)
    daemon.signal(SIGKILL)
    #expect(await wait(2) { !ProcessList.isAlive(worker) })
    // A stop at a step edge.
    daemon = try DaemonUnderTest(folder.state)
    _ = try #require(try await middle(daemon))
    daemon.signal(SIGTERM)
    #expect(await daemon.ended(within: 40) == 0)
    let parked = try SmallSweep.read(folder.state) { try $0.units(in: .parked) }
    #expect(!parked.isEmpty && parked.allSatisfy { $0.attempts == 0 && $0.step > 0 })

    daemon = try DaemonUnderTest(folder.state, ["--embedded"])
    #expect(await daemon.ended(within: 120) == 0, "\(daemon.log.text)")
    let got = try hashes(folder.state)
    #expect(Set(got.keys) == Set(expected.keys))
    for (path, hash) in expected { #expect(got[path] == hash, "\(path)") }
    let resumed = try events(folder.state).filter { $0.kind == "resumed" && ($0.step ?? 0) > 0 }
    #expect(resumed.count >= 2)
    let cells = try SmallSweep.read(folder.state) { try $0.cells(.all) }
    #expect(cells.allSatisfy { $0.state == .done && $0.variant.attempts == 0 })
  }

  @Test func aLostGridIsDrawnAgainAndCellsAreReadOnlyCopies() async throws {
    let folder = try TemporaryFolder()
    let sweep = try SmallSweep.enqueue(try submission(steps: 3), folder.state)
    let first = try DaemonUnderTest(folder.state, ["--embedded"])
    #expect(await first.ended(within: 120) == 0, "\(first.log.text)")
    let place = "\(folder.state.results)/sweeps/small-\(sweep.sweep)"
    let grid = try #require(FileManager.default.contents(atPath: "\(place)/grid.png"))
    for name in ["results.csv", "sweep.yaml", "index.html", "source.png", "cells/w-cat1.5.png"] {
      #expect(FileManager.default.fileExists(atPath: "\(place)/\(name)"), "\(name)")
    }
    // The page needs nothing from elsewhere and no script; everything it names is there.
    let page = try String(contentsOfFile: "\(place)/index.html", encoding: .utf8)
    #expect(!page.contains("<script") && !page.contains("http:") && !page.contains("https:"))
    let names = page.matches(of: /(?:href|src)="([^"]+)"/).map { String($0.1) }
    #expect(names.count >= 11)
    for name in names {
      #expect(FileManager.default.fileExists(atPath: "\(place)/\(name)"), "\(name)")
    }
    let cell = "\(place)/cells/w-cat1.5.png"
    let facts = try FileManager.default.attributesOfItem(atPath: cell)
    #expect((facts[.posixPermissions] as? Int) == 0o440)
    let key = try submission(steps: 3).variants[0].key
    #expect(
      FileManager.default.contents(atPath: cell)
        == FileManager.default.contents(
          atPath: ResultFolder(folder.state.results).variant(key).picture))
    try FileManager.default.removeItem(atPath: "\(place)/grid.png")
    // The same again runs nothing; the grid comes back.
    let second = try DaemonUnderTest(folder.state, ["--embedded"])
    #expect(await second.ended(within: 60) == 0)
    #expect(!second.log.text.contains("starting a worker"))
    #expect(FileManager.default.contents(atPath: "\(place)/grid.png") == grid)
  }
}
