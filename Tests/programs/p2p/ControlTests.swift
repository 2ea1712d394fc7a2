import EditJobs
import Foundation
import JobStore
import Testing

/// `pause`, `resume` and `priority`, with the real worker.
@Suite(.serialized) struct ControlTests {
  private func json(_ ran: Ran) throws -> [String: Any] {
    #expect(ran.status == 0, "\(ran.errors)")
    let value = try JSONSerialization.jsonObject(with: Data(ran.output.utf8))
    return try #require(value as? [String: Any])
  }

  private func states(_ folder: StateFolder) throws -> Set<UnitState> {
    Set(try SmallSweep.read(folder) { try $0.cells(.all).map(\.state) })
  }

  @Test func aRunningSweepStopsAtAStepAndGoesOnFromThere() async throws {
    let folder = try TemporaryFolder()
    let ledger = Ledger(path: "\(folder.path)/evaluations")
    try RealSweep.p2p(RealSweep.twelve, folder.state)
    let daemon = try DaemonUnderTest(
      folder.state, ["--embedded"], environment: ledger.environment)
    // In the middle of the first variants.
    #expect(await wait(120) { Set(ledger.lines.map(\.unit)).count > 1 })
    let paused = try json(try RealSweep.p2p(["pause", "twelve", "--json"], folder.state))
    #expect(paused["paused"] as? Bool == true)
    #expect(try await wait(60) { try !states(folder.state).contains(.running) })
    let parked = try SmallSweep.read(folder.state) { try $0.units(in: .parked) }
    #expect(parked.contains { $0.step > 0 && $0.step < RealSweep.steps })
    #expect(parked.allSatisfy { $0.attempts == 0 })
    let count = ledger.lines.count
    try await Task.sleep(for: .seconds(1))
    #expect(ledger.lines.count == count, "nothing runs")
    let status = try RealSweep.p2p(["status"], folder.state)
    #expect(status.output.contains("paused"), "\(status.output)")

    let resumed = try json(try RealSweep.p2p(["resume", "twelve", "--json"], folder.state))
    #expect((resumed["units"] as? [String])?.count == parked.count)
    #expect(await daemon.ended(within: 240) == 0, "\(daemon.log.text)")
    #expect(try states(folder.state) == [.done])
    let made = ledger.lines.map { "\($0.unit) \($0.pass)" }
    #expect(Set(made).count == made.count, "no step was made twice")
  }

  @Test func aPausedQueueStopsWhatRunsAndClaimsNothing() async throws {
    let folder = try TemporaryFolder()
    try RealSweep.p2p(RealSweep.twelve, folder.state)
    #expect(try RealSweep.p2p(["pause"], folder.state).output == "the queue is paused\n")
    let ledger = Ledger(path: "\(folder.path)/evaluations")
    let daemon = try DaemonUnderTest(
      folder.state, ["--embedded"], environment: ledger.environment)
    try await Task.sleep(for: .seconds(1))
    #expect(ledger.lines.isEmpty)
    try RealSweep.p2p(["resume"], folder.state)
    #expect(await wait(60) { ledger.lines.count > 2 })
    let paused = try json(try RealSweep.p2p(["pause", "all", "--json"], folder.state))
    #expect(paused["queue"] as? Bool == true)
    #expect(
      try await wait(30) {
        try SmallSweep.read(folder.state) { try $0.units(in: .running) }.isEmpty
      })
    daemon.signal(SIGTERM)
    #expect(await daemon.ended() == 0)
  }

  @Test func prioritiesAreTypedAsNumbersNegativeOnesToo() throws {
    let folder = try TemporaryFolder()
    try RealSweep.p2p(RealSweep.twelve, folder.state)
    let low = try json(try RealSweep.p2p(["priority", "twelve", "-5", "--json"], folder.state))
    #expect(low["priority"] as? Int == -5 && low["cells"] as? Int == 12)
    #expect((low["units"] as? [String])?.count == 13)
    let one = try json(
      try RealSweep.p2p(["priority", "twelve:r1c1", "100", "--json"], folder.state))
    // The variant, its source, and the trunk that it forks from.
    #expect(one["cells"] as? Int == 1 && (one["units"] as? [String])?.count == 3, "\(one)")
    for wrong in [["101"], ["high"], []] {
      let ran = try RealSweep.p2p(["priority", "twelve"] + wrong, folder.state)
      #expect(ran.status == 64, "\(wrong): \(ran.errors)")
    }
    #expect(try RealSweep.p2p(["priority", "nobody", "1"], folder.state).status == 66)
    let cell = try RealSweep.p2p(["pause", "twelve:r1c1"], folder.state)
    #expect(cell.status == 65 && cell.errors.contains("p2p cancel"), "\(cell.errors)")
  }

  @Test func whoWaitsForWhatIsPausedIsToldOnce() async throws {
    let folder = try TemporaryFolder()
    try RealSweep.p2p(RealSweep.twelve, folder.state)
    try RealSweep.p2p(["pause", "twelve"], folder.state)
    let daemon = try DaemonUnderTest(folder.state, ["--embedded"])
    let waiting = try CommandUnderTest(["wait", "twelve", "--timeout", "4s"], folder.state)
    #expect(await wait { daemon.log.text.contains("sweep twelve (1) is paused; p2p resume 1") })
    try RealSweep.p2p(["pause"], folder.state)
    #expect(await wait { daemon.log.text.contains("the queue is paused; p2p resume") })
    let (status, words, _) = try await waiting.ended()
    #expect(status == 75)
    #expect(words.ranges(of: "waiting: sweep twelve (1) is paused; p2p resume 1").count == 1)
    #expect(words.ranges(of: "waiting: the queue is paused; p2p resume").count == 1, "\(words)")
    daemon.signal(SIGTERM)
    #expect(await daemon.ended() == 0)
  }
}
