import EditJobs
import Foundation
import Imaging
import JobStore
import Testing

/// Kills in the middle of a sweep change nothing but the time it takes.
@Suite(.serialized) struct KillTests {
  @Test func tenKillsLeaveEveryFileAsItWas() async throws {
    let (calm, stormy) = (try TemporaryFolder(), try TemporaryFolder())
    let plan = Ledger(path: "\(calm.path)/evaluations")
    try await run(RealSweep.twelve, calm.state, plan)

    let ledger = Ledger(path: "\(stormy.path)/evaluations")
    let storm = try await Storm(stormy.state, ledger).blow(kills: 10)
    #expect(storm.inside >= 8, "kills while a unit was at 0 < step < S: \(storm)")

    let (expected, found) = (
      try RealSweep.digests(calm.state), try RealSweep.digests(stormy.state)
    )
    #expect(expected.count == 5 + 12 * 5, "\(expected.keys.sorted())")
    #expect(Set(expected.keys) == Set(found.keys))
    for (file, digest) in expected.sorted(by: { $0.key < $1.key }) {
      #expect(found[file] == digest, "\(file) differs from the undisturbed run's")
    }
    #expect(try gridPixels(stormy.state) == gridPixels(calm.state))

    let resumed = try SmallSweep.read(stormy.state) { store in
      try store.events(limit: 10_000).filter { $0.kind == "resumed" && ($0.step ?? 0) > 0 }
    }
    #expect(Set(resumed.compactMap(\.unit)).count >= 5)

    // Guidance: two evaluations a step. The source, and per weight a tree of the taus, whose forks
    // part at steps 4, 8 and 12.
    #expect(plan.evaluations == 2 * (20 + 3 * (20 + 16 + 12 + 8)))
    #expect(ledger.evaluations >= plan.evaluations)
    #expect(ledger.evaluations <= plan.evaluations + storm.lanes * 2, "\(storm)")
  }

  @Test func nothingRunsTwiceAndASourceRunsOnce() async throws {
    let folder = try TemporaryFolder()
    let ledger = Ledger(path: "\(folder.path)/evaluations")
    try await run(RealSweep.twelve, folder.state, ledger)
    let first = ledger.evaluations

    let again = try await run(RealSweep.twelve, folder.state, ledger)
    #expect(ledger.evaluations == first, "the same sweep again runs nothing")
    #expect(again.errors.contains("13 done already"), "\(again.errors)")

    let source = try #require(ledger.lines.first?.unit)
    let before = ledger.lines.filter { $0.unit == source }.count
    try await run(
      ["sweep", "--name", "other", "--no-reprompt"] + RealSweep.request + [
        "--to", "a pink circle next to a blue square on a white background", "--tau", "0.3,0.7",
      ], folder.state, ledger)
    #expect(ledger.lines.filter { $0.unit == source }.count == before)
    // Its second variant parts from the first at step 6.
    #expect(ledger.evaluations == first + 2 * (20 + 14))
  }

  @discardableResult
  private func run(
    _ sweep: [String], _ folder: StateFolder, _ ledger: Ledger
  ) async throws -> Ran {
    let submitted = try RealSweep.p2p(sweep, folder)
    #expect(submitted.status == 0, "\(submitted.errors)")
    let daemon = try DaemonUnderTest(
      folder, ["--embedded"], environment: ledger.environment)
    let status = await daemon.ended(within: 240)
    #expect(status == 0, "\(daemon.log.text)")
    return submitted
  }

  private func gridPixels(_ folder: StateFolder) throws -> Digest {
    let file = try RealSweep.file("grid.png", sweep: "twelve", folder)
    let png = try PNGFile(decoding: Array(Data(contentsOf: URL(filePath: file))))
    return Digest(of: png.pixels.bytes)
  }
}

/// Runs the sweep of twelve under kills: a worker's and a daemon's in turn.
struct Storm: CustomStringConvertible {
  private let folder: StateFolder
  private let ledger: Ledger
  /// Kills while the unit that was last written down stood between its first and last step.
  private(set) var inside = 0
  /// Lanes that ran at the kills, added up.
  private(set) var lanes = 0
  private(set) var kills = 0

  var description: String { "\(kills) kills, \(inside) inside a run, \(lanes) lanes" }

  init(_ folder: StateFolder, _ ledger: Ledger) { (self.folder, self.ledger) = (folder, ledger) }

  func blow(kills count: Int) async throws -> Storm {
    var storm = self
    let submitted = try RealSweep.p2p(RealSweep.twelve, folder)
    #expect(submitted.status == 0, "\(submitted.errors)")
    var daemon = try start()
    for kill in 0..<count {
      let floor = ledger.lines.count
      // Far enough into a run that a step was gained since the last kill.
      let reached = await wait(60) {
        let lines = ledger.lines
        guard lines.count >= floor + 8, let last = lines.last else { return false }
        return last.pass > 2 && last.pass < RealSweep.steps - 2
      }
      #expect(reached, "the sweep stands still after \(kill) kills: \(daemon.log.text)")
      storm.strike(kill % 2 == 0 ? daemon.children : [daemon.pid])
      if kill % 2 == 1 {
        _ = await daemon.ended()
        daemon = try start()
      }
    }
    let status = await daemon.ended(within: 240)
    #expect(status == 0, "\(daemon.log.text)")
    return storm
  }

  private func start() throws -> DaemonUnderTest {
    try DaemonUnderTest(folder, ["--embedded"], environment: ledger.environment)
  }

  private mutating func strike(_ processes: [Int32]) {
    for process in processes { _ = kill(process, SIGKILL) }
    let lines = ledger.lines.suffix(24)
    kills += 1
    if let last = lines.last, 0 < last.pass, last.pass < RealSweep.steps { inside += 1 }
    lanes += max(1, Set(lines.map(\.unit)).count)
  }
}
