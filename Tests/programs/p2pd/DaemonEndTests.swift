import EditJobs
import Foundation
import JobStore
import Testing

/// Ends of the daemon and what its workers do then, with a worker that only speaks.
@Suite struct DaemonEndTests {
  private func running(_ spoken: String, _ folder: TemporaryFolder) async throws -> (
    DaemonUnderTest, worker: Int32
  ) {
    let worker = try folder.script("worker", SpokenWorker.script)
    try SmallSweep.enqueue(SmallSweep.submission(), folder.state)
    let daemon = try DaemonUnderTest(
      folder.state, ["--worker", worker],
      environment: ["P2P_SPOKEN": spoken, "P2P_SPOKEN_LOG": "\(folder.path)/spoken"])
    #expect(
      await wait {
        (try? String(contentsOfFile: "\(folder.path)/spoken", encoding: .utf8))?
          .contains("order") == true
      })
    return (daemon, try #require(daemon.children.first))
  }

  @Test func sigtermStopsAtAStepEdgeAndParks() async throws {
    let folder = try TemporaryFolder()
    let (daemon, worker) = try await running("slow", folder)
    let key = SmallSweep.submission().sources[0].key
    #expect(
      try await wait {
        try SmallSweep.read(folder.state) { try $0.unit(key)?.step ?? 0 } > 0
      })
    daemon.signal(SIGTERM)
    #expect(await daemon.ended(within: 10) == 0)
    #expect(!ProcessList.isAlive(worker))
    let spoken = try String(contentsOfFile: "\(folder.path)/spoken", encoding: .utf8)
    #expect(spoken.contains("stop at"), "the worker was asked, not killed")
    let unit = try #require(try SmallSweep.read(folder.state) { try $0.unit(key) })
    #expect(unit.state == .parked)
    #expect(unit.step > 0)
    #expect(unit.attempts == 0)
  }

  @Test func noWorkerOutlivesAKilledDaemonAndNothingCounts() async throws {
    let folder = try TemporaryFolder()
    let (daemon, worker) = try await running("slow", folder)
    daemon.signal(SIGKILL)
    #expect(await wait(2) { !ProcessList.isAlive(worker) })
    let script = "\(folder.path)/worker"
    let next = try DaemonUnderTest(folder.state, ["--embedded", "--worker", script])
    #expect(await next.ended() == 0)
    #expect(next.log.text.contains("were running when the last daemon died"))
    let cells = try SmallSweep.read(folder.state) { try $0.cells(.all) }
    #expect(cells.allSatisfy { $0.state == .done && $0.variant.attempts == 0 })
  }

  @Test func aCancelledUnitIsDroppedByItsWorker() async throws {
    let folder = try TemporaryFolder()
    let (daemon, _) = try await running("slow", folder)
    _ = try SmallSweep.read(folder.state) {
      try $0.cancel(.all, now: Int64(Date().timeIntervalSince1970 * 1000))
    }
    #expect(await wait { daemon.log.text.contains("dropping") })
    daemon.signal(SIGTERM)
    #expect(await daemon.ended(within: 10) == 0)
    let cells = try SmallSweep.read(folder.state) { try $0.cells(.all) }
    #expect(cells.allSatisfy { $0.state == .cancelled })
  }
}
