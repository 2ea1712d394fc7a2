import EditJobs
import Foundation
import JobStore
import Testing

/// What follows when a worker dies, falls silent or says no.
@Suite struct VerdictTests {
  private func drain(
    _ spoken: String, variants: Int = 3, environment: [String: String] = [:], within: Double = 60
  ) async throws -> (daemon: DaemonUnderTest, status: Int32?, folder: TemporaryFolder) {
    let folder = try TemporaryFolder()
    let worker = try folder.script("worker", SpokenWorker.script)
    try SmallSweep.enqueue(SmallSweep.submission(variants: variants), folder.state)
    var all = ["P2P_SPOKEN": spoken, "P2P_SPOKEN_LOG": "\(folder.path)/spoken"]
    all.merge(environment) { $1 }
    let daemon = try DaemonUnderTest(
      folder.state, ["--embedded", "--worker", worker], environment: all)
    return (daemon, await daemon.ended(within: within), folder)
  }

  private func starts(_ folder: TemporaryFolder) throws -> Int {
    try String(contentsOfFile: "\(folder.path)/spoken", encoding: .utf8)
      .split(separator: "\n").filter { $0.hasPrefix("start") }.count
  }

  private func source(_ folder: TemporaryFolder) throws -> UnitRow {
    let key = SmallSweep.submission().sources[0].key
    return try #require(try SmallSweep.read(folder.state) { try $0.unit(key) })
  }

  @Test func threeDeadStartsFailTheModelsUnitsWithItsLastWords() async throws {
    let (_, status, folder) = try await drain("dies-at-start")
    #expect(status == 1)
    #expect(try starts(folder) == 3)
    let unit = try source(folder)
    #expect(unit.state == .failed)
    #expect(unit.errorCode == "model-does-not-start")
    #expect(unit.errorText?.contains("no such tensor: conv_in.weight") == true)
    #expect(unit.attempts == 0)
  }

  @Test func aWorkerThatCannotServeIsNotTriedAgain() async throws {
    let (_, status, folder) = try await drain("refuses")
    #expect(status == 1)
    #expect(try starts(folder) == 1)
    let unit = try source(folder)
    #expect(unit.state == .failed && unit.attempts == 0)
    #expect(unit.errorCode == "dtype-unavailable" && unit.errorText == "no such CPU")
    let cells = try SmallSweep.read(folder.state) { try $0.cells(.all) }
    #expect(cells.allSatisfy { $0.state == .failed })
  }

  @Test func threeCrashesAloneAtOneStepPoison() async throws {
    let (_, status, folder) = try await drain("crashes-at-once")
    #expect(status == 1)
    #expect(try starts(folder) == 3)
    let unit = try source(folder)
    #expect(unit.state == .failed)
    #expect(unit.errorCode == "poisoned")
    #expect(unit.attempts == 3)
  }

  @Test func theNextAttemptWaitsLongerEachTime() async throws {
    let (_, _, folder) = try await drain("crashes-at-once")
    let claims = try SmallSweep.read(folder.state) { try $0.events(limit: 1_000) }
      .filter { $0.kind == "claimed" }.map(\.atMs)
    let waits = zip(claims, claims.dropFirst()).map { $1 - $0 }
    #expect(waits.count == 2)
    #expect(waits.first.map { $0 >= 1_000 } == true && waits.last.map { $0 >= 2_000 } == true)
  }

  @Test func aPermanentFailureFailsAtOnceWithItsMessage() async throws {
    let (_, status, folder) = try await drain("fails")
    #expect(status == 1)
    let unit = try source(folder)
    #expect(unit.errorCode == "nan-in-latents")
    #expect(unit.errorText == "NaN at step 2")
    #expect(try starts(folder) == 1)
    // Its variants wait for nothing any more.
    let cells = try SmallSweep.read(folder.state) { try $0.cells(.all) }
    #expect(cells.allSatisfy { $0.state == .failed })
  }

  @Test func silenceIsAHangAndCounts() async throws {
    let (daemon, status, folder) = try await drain("hangs", environment: ["P2P_HANG_SECONDS": "1"])
    #expect(status == 1)
    let unit = try source(folder)
    #expect(unit.state == .failed)
    #expect(unit.errorText?.contains("hung") == true)
    #expect(daemon.log.text.contains("terminate"))
    #expect(try starts(folder) == 3)
  }

  @Test func whatIgnoresSIGTERMIsKilled() async throws {
    let folder = try TemporaryFolder()
    let worker = try folder.script("worker", SpokenWorker.script)
    try SmallSweep.enqueue(SmallSweep.submission(), folder.state)
    let daemon = try DaemonUnderTest(
      folder.state, ["--worker", worker],
      environment: ["P2P_SPOKEN": "ignores-term", "P2P_HANG_SECONDS": "1"])
    #expect(await wait { !daemon.children.isEmpty })
    let first = try #require(daemon.children.first)
    #expect(await wait { !ProcessList.isAlive(first) })
    #expect(
      await wait {
        daemon.log.text.contains("killed by signal 9") || daemon.log.text.contains("hung")
      })
    daemon.signal(SIGTERM)
    #expect(await daemon.ended(within: 10) == 0)
  }

  @Test func nonsenseOnStandardOutputEndsTheProcess() async throws {
    let (daemon, status, folder) = try await drain("says-nonsense")
    #expect(status == 1)
    #expect(try source(folder).errorCode == "model-does-not-start")
    #expect(daemon.log.text.contains("broke the protocol"))
  }

  @Test func unitsOfACrashedOrderRunAlone() async throws {
    let (_, status, folder) = try await drain("crashes-on-variants", within: 90)
    #expect(status == 1)
    let orders = try String(contentsOfFile: "\(folder.path)/spoken", encoding: .utf8)
      .split(separator: "\n").filter { $0.hasPrefix("order") }.map { $0.suffix(1) }
    // The source; its variants together, which counts against nobody; then each alone, three times.
    #expect(orders == ["1", "3"] + Array(repeating: "1", count: 9))
    let cells = try SmallSweep.read(folder.state) { try $0.cells(.all) }
    #expect(cells.allSatisfy { $0.variant.attempts == 3 && $0.variant.errorCode == "poisoned" })
  }
}
