import EditJobs
import Foundation
import JobStore
import Testing

/// A lock on a file that SQLite honours: what another process has that is in the middle of a commit.
final class ForeignLock {
  private let descriptor: Int32

  init(_ folder: StateFolder) throws {
    descriptor = open(folder.database, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw POSIXError(.ENOENT) }
    // The bytes at which SQLite locks: pending, reserved and all of shared.
    var lock = flock(
      l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 0x4000_0000, l_len: 512, l_pid: 0)
    // The daemon may be in the middle of a read.
    for _ in 0..<200 where fcntl(descriptor, F_SETLK, &lock) != 0 { usleep(10_000) }
    guard fcntl(descriptor, F_SETLK, &lock) == 0 else { throw POSIXError(.EAGAIN) }
  }

  deinit { close(descriptor) }
}

/// SIGTERM ends the daemon within two seconds, whatever it waits for.
@Suite struct PromptStopTests {
  private func running(
    _ folder: TemporaryFolder, spoken: String = "slow", environment: [String: String] = [:]
  ) async throws -> DaemonUnderTest {
    let worker = try folder.script("worker", SpokenWorker.script)
    try SmallSweep.enqueue(SmallSweep.submission(variants: 40), folder.state)
    let daemon = try DaemonUnderTest(
      folder.state, ["--worker", worker],
      environment: ["P2P_SPOKEN": spoken, "P2P_SPOKEN_LOG": "\(folder.path)/spoken"]
        .merging(environment) { $1 })
    #expect(
      await wait {
        (try? String(contentsOfFile: "\(folder.path)/spoken", encoding: .utf8))?
          .contains("order") == true
      })
    return daemon
  }

  private func stop(_ daemon: DaemonUnderTest, within limit: Duration) async {
    let begin = ContinuousClock.now
    daemon.signal(SIGTERM)
    #expect(await daemon.ended(within: 10) == 0, "\(daemon.log.text)")
    let took = begin.duration(to: .now)
    #expect(took < limit, "it took \(took)")
  }

  @Test func anotherProcessHasTheJobTable() async throws {
    let folder = try TemporaryFolder()
    let daemon = try await running(folder, spoken: "hangs")
    do {
      let lock = try ForeignLock(folder.state)
      // It is in the middle of a wait.
      try await Task.sleep(for: .seconds(2))
      #expect(daemon.isRunning)
      let worker = try #require(daemon.children.first)
      // A worker that sleeps is the worker's matter, and not asked of here.
      kill(worker, SIGKILL)
      await stop(daemon, within: .seconds(2))
      withExtendedLifetime(lock) {}
    }
    // What was not written down is put right, and counts nothing.
    let next = try DaemonUnderTest(
      folder.state, ["--embedded", "--worker", "\(folder.path)/worker"])
    #expect(await next.ended(within: 60) == 0, "\(next.log.text)")
    let cells = try SmallSweep.read(folder.state) { try $0.cells(.all) }
    #expect(cells.allSatisfy { $0.state == .done && $0.variant.attempts == 0 })
  }

  @Test func anotherProcessHasTheJobTableAtTheStart() async throws {
    let folder = try TemporaryFolder()
    try SmallSweep.enqueue(SmallSweep.submission(), folder.state)
    let lock = try ForeignLock(folder.state)
    let daemon = try DaemonUnderTest(folder.state, ["--paused"])
    #expect(await wait { FolderLock.holder(folder.state) == daemon.pid })
    try await Task.sleep(for: .milliseconds(500))
    let begin = ContinuousClock.now
    daemon.signal(SIGTERM)
    _ = await daemon.ended(within: 10)
    #expect(begin.duration(to: .now) < .seconds(2) && !daemon.isRunning)
    withExtendedLifetime(lock) {}
  }

  @Test func anIdleDaemonWaitsForTheJobTable() async throws {
    let folder = try TemporaryFolder()
    try folder.state.create()
    let daemon = try DaemonUnderTest(folder.state)
    #expect(await wait { daemon.log.text.contains("serving") })
    let lock = try ForeignLock(folder.state)
    try await Task.sleep(for: .seconds(3))
    await stop(daemon, within: .seconds(2))
    withExtendedLifetime(lock) {}
  }

  @Test func theStateDiskIsFull() async throws {
    let folder = try TemporaryFolder()
    let counter = "\(folder.path)/counter"
    let daemon = try await running(
      folder, spoken: "slow",
      environment: try Shim.full(after: 64 << 20, counter: counter, below: folder.state.path))
    // Not even the ballast's room helps.
    let handle = try FileHandle(forUpdating: URL(filePath: counter))
    try handle.write(contentsOf: withUnsafeBytes(of: Int64(1 << 40).littleEndian) { Data($0) })
    #expect(await wait { daemon.log.text.contains("disk is full") }, "\(daemon.log.text)")
    try await Task.sleep(for: .seconds(6))
    // After 0, 1, 3 and 7 seconds.
    let lines = daemon.log.text.split(separator: "\n").filter { $0.contains("disk is full") }
    #expect(lines.count <= 5, "said \(lines.count) times")
    // The worker comes to its step edge in at most a second and a half.
    await stop(daemon, within: .seconds(3.5))
  }

  @Test func theStateDiskIsFullAtTheStart() async throws {
    let folder = try TemporaryFolder()
    try SmallSweep.enqueue(SmallSweep.submission(variants: 1), folder.state)
    let worker = try folder.script("worker", SpokenWorker.script)
    let counter = "\(folder.path)/counter"
    let environment = try Shim.full(after: 1, counter: counter, below: folder.state.path)
    let arguments = ["--embedded", "--worker", worker]
    let stopped = try DaemonUnderTest(folder.state, arguments, environment: environment)
    #expect(await wait { stopped.log.text.contains("disk is full") }, "\(stopped.log.text)")
    try await Task.sleep(for: .seconds(1))
    #expect(stopped.isRunning, "\(stopped.log.text)")
    await stop(stopped, within: .seconds(2))
    // Another one gets room.
    let waiting = try DaemonUnderTest(folder.state, arguments)
    #expect(await waiting.ended(within: 60) == 0, "\(waiting.log.text)")
    let cells = try SmallSweep.read(folder.state) { try $0.cells(.all) }
    #expect(cells.allSatisfy { $0.state == .done })
  }

  @Test func aRefusedJobTableIsSaidOnceAndThenAtGrowingIntervals() async throws {
    let folder = try TemporaryFolder()
    let daemon = try await running(folder, spoken: "slow")
    let lock = try ForeignLock(folder.state)
    #expect(await wait(30) { daemon.log.text.contains("waiting for the job table") })
    try await Task.sleep(for: .seconds(8))
    let lines = daemon.log.text.split(separator: "\n").filter { $0.contains("the job table") }
    #expect(lines.count == 1, "\(daemon.log.text)")
    withExtendedLifetime(lock) {}
    for child in daemon.children { kill(child, SIGKILL) }
    await stop(daemon, within: .seconds(2))
  }
}
