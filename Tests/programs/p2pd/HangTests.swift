import EditJobs
import Foundation
import JobStore
import Testing

/// How long a silence counts as work: as several steps take, as they were measured.
@Suite struct HangTests {
  /// A source and its variants by a worker that stalls for three seconds in each order, and says of
  /// its steps that they take so long.
  private func stalls(milliseconds: String, _ folder: TemporaryFolder) throws -> DaemonUnderTest {
    let worker = try folder.script("worker", SpokenWorker.script)
    try SmallSweep.enqueue(SmallSweep.submission(), folder.state)
    return try DaemonUnderTest(
      folder.state, ["--embedded", "--worker", worker],
      environment: [
        "P2P_SPOKEN": "stalls", "P2P_SPOKEN_MS": milliseconds, "P2P_HANG_SECONDS": "1",
        "P2P_SPOKEN_LOG": "\(folder.path)/spoken",
      ])
  }

  @Test func aStallOfQuickStepsIsAHang() async throws {
    let folder = try TemporaryFolder()
    let daemon = try stalls(milliseconds: "1.5", folder)
    #expect(await wait { daemon.log.text.contains("hung in phase") }, "\(daemon.log.text)")
    daemon.signal(SIGTERM)
    #expect(await daemon.ended() != nil)
  }

  /// The source's own steps say how long a step takes, and the table says it to the variants' order.
  @Test func aStallNoLongerThanSomeStepsIsNone() async throws {
    let folder = try TemporaryFolder()
    let daemon = try stalls(milliseconds: "2000", folder)
    #expect(await daemon.ended(within: 60) == 0, "\(daemon.log.text)")
    #expect(!daemon.log.text.contains("hung"))
    let key = SmallSweep.submission().sources[0].spec.model
    let measured = try SmallSweep.read(folder.state) { store in
      try [1, 3, 6].map {
        try store.stepSeconds(LoadedModel(model: key), width: 64, height: 64, lanes: $0)
      }
    }
    // Three lanes were measured; six count as twice as much. Another size was never measured.
    #expect(measured == [2, 2, 4])
    let other = try SmallSweep.read(folder.state) {
      try $0.stepSeconds(LoadedModel(model: key), width: 128, height: 64, lanes: 1)
    }
    #expect(other == nil)
  }
}
