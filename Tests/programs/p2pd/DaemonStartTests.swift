import EditJobs
import Foundation
import JobStore
import Testing

@Suite struct DaemonStartTests {
  @Test func secondDaemonIsRefusedWithTheHoldersProcess() async throws {
    let folder = try TemporaryFolder()
    let first = try DaemonUnderTest(folder.state)
    #expect(await wait { FolderLock.holder(folder.state) == first.pid })
    let second = try DaemonUnderTest(folder.state)
    #expect(await second.ended(within: 5) == 75)
    #expect(await wait { second.log.text.contains("process \(first.pid)") })
    #expect(first.isRunning)
    first.signal(SIGTERM)
    #expect(await first.ended() == 0)
    #expect(FolderLock.holder(folder.state) == nil)
  }

  @Test func drainingAnEmptyQueueEndsAtOnce() async throws {
    let folder = try TemporaryFolder()
    let daemon = try DaemonUnderTest(folder.state, ["--embedded"])
    #expect(await daemon.ended(within: 10) == 0)
  }

  @Test func aFolderThatCannotBeWrittenIsNamed() async throws {
    let daemon = try DaemonUnderTest(StateFolder(path: "/proc/p2p"))
    #expect(await daemon.ended() == 73)
    #expect(await wait { daemon.log.text.contains("/proc/p2p") })
  }

  @Test func workerIsKeptWarmAndTheSourceComesFirst() async throws {
    let folder = try TemporaryFolder()
    let worker = try folder.script("worker", SpokenWorker.script)
    try SmallSweep.enqueue(SmallSweep.submission(variants: 6), folder.state)
    let log = "\(folder.path)/spoken"
    let daemon = try DaemonUnderTest(
      folder.state, ["--embedded", "--worker", worker], environment: ["P2P_SPOKEN_LOG": log])
    #expect(await daemon.ended() == 0)
    let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
    #expect(lines.filter { $0.hasPrefix("start") }.count == 1)
    // The source alone, then its variants together.
    #expect(lines.filter { $0.hasPrefix("order") }.map { $0.suffix(1) } == ["1", "6"])
    #expect(lines.last == "stop")
  }

  @Test func untilEndsWhenItsSweepIsSettled() async throws {
    let folder = try TemporaryFolder()
    let worker = try folder.script("worker", SpokenWorker.script)
    let first = try SmallSweep.enqueue(SmallSweep.submission(variants: 2), folder.state)
    let daemon = try DaemonUnderTest(
      folder.state, ["--until", "\(first.sweep)", "--worker", worker])
    #expect(await daemon.ended() == 0)
    let standing = try SmallSweep.read(folder.state) { try $0.standing(.sweep(first.sweep)) }
    #expect(standing.count(.done) == 2)
  }

  @Test func aDaemonThatClaimsNothingLeavesTheQueueAlone() async throws {
    let folder = try TemporaryFolder()
    let worker = try folder.script("worker", SpokenWorker.script)
    let sweep = try SmallSweep.enqueue(SmallSweep.submission(), folder.state)
    let daemon = try DaemonUnderTest(folder.state, ["--paused", "--worker", worker])
    #expect(await wait { FolderLock.holder(folder.state) != nil })
    try await Task.sleep(for: .seconds(1))
    let standing = try SmallSweep.read(folder.state) { try $0.standing(.sweep(sweep.sweep)) }
    #expect(standing.count(.blocked) == 3)
    daemon.signal(SIGINT)
    #expect(await daemon.ended() == 0)
  }
}
