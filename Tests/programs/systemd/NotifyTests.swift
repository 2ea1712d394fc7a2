import EditJobs
import Foundation
import JobStore
import Testing

/// The daemon under a service manager that we play.
@Suite struct NotifyTests {
  private func environment(_ manager: NotifyListener, watchdogMs: Int) -> [String: String] {
    ["NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": "\(watchdogMs * 1000)"]
  }

  @Test(arguments: [true, false])
  func readyStatusWatchdogAndStopping(abstract: Bool) async throws {
    let folder = try TemporaryFolder()
    let name =
      abstract ? "@p2p-test-\(getpid())-\(UInt32.random(in: 0 ... .max))" : "\(folder.path)/notify"
    let manager = try NotifyListener(name)
    let daemon = try DaemonUnderTest(
      folder.state, environment: environment(manager, watchdogMs: 300))
    #expect(await wait { manager.heard("READY=1") })
    #expect(await wait { manager.heard("STATUS=idle") })
    // An idle queue is no hang.
    #expect(await wait { manager.feedings >= 5 })
    daemon.signal(SIGTERM)
    #expect(await daemon.ended(within: 10) == 0)
    #expect(await wait { manager.heard("STOPPING=1") })
    let lines = manager.received()
    #expect(lines.first == "READY=1")
    let stopping = try #require(lines.firstIndex(of: "STOPPING=1"))
    #expect(!lines[stopping...].contains("READY=1"))
  }

  @Test func anotherProcessesWatchdogIsNotFed() async throws {
    let folder = try TemporaryFolder()
    let manager = try NotifyListener("\(folder.path)/notify")
    var all = environment(manager, watchdogMs: 100)
    all["WATCHDOG_PID"] = "1"
    let daemon = try DaemonUnderTest(folder.state, environment: all)
    #expect(await wait { manager.heard("READY=1") })
    try await Task.sleep(for: .milliseconds(500))
    #expect(manager.feedings == 0)
    daemon.signal(SIGTERM)
    _ = await daemon.ended()
  }

  @Test func aLoadingModelFeedsTheWatchdogAndItsWorkerHearsNothing() async throws {
    let folder = try TemporaryFolder()
    let manager = try NotifyListener("\(folder.path)/notify")
    // The service manager's variables must not reach the worker.
    let worker = try folder.script(
      "worker",
      "#!/bin/bash\nenv >\(folder.path)/environment\nexec \(folder.path)/spoken-worker \"$@\"\n")
    _ = try folder.script("spoken-worker", SpokenWorker.script)
    try SmallSweep.enqueue(SmallSweep.submission(), folder.state)
    var all = environment(manager, watchdogMs: 300)
    all["P2P_SPOKEN"] = "slow-start"
    let daemon = try DaemonUnderTest(folder.state, ["--worker", worker], environment: all)
    #expect(await wait { !daemon.children.isEmpty })
    #expect(try await manager.feedings(within: 2) >= 5)
    #expect(await wait { manager.heard("STATUS=source") || manager.heard("STATUS=3 variants") })
    let text = try String(contentsOfFile: "\(folder.path)/environment", encoding: .utf8)
    #expect(!text.contains("NOTIFY_SOCKET") && !text.contains("WATCHDOG_USEC"))
    daemon.signal(SIGTERM)
    #expect(await daemon.ended() == 0)
  }

  @Test func aHungOrderThatIsBeingKilledFeedsTheWatchdog() async throws {
    let folder = try TemporaryFolder()
    let manager = try NotifyListener("\(folder.path)/notify")
    let worker = try folder.script("worker", SpokenWorker.script)
    try SmallSweep.enqueue(SmallSweep.submission(), folder.state)
    var all = environment(manager, watchdogMs: 300)
    all["P2P_SPOKEN"] = "ignores-term"
    all["P2P_HANG_SECONDS"] = "0.5"
    let daemon = try DaemonUnderTest(folder.state, ["--worker", worker], environment: all)
    #expect(await wait { daemon.log.text.contains("terminate process") })
    // It ignores SIGTERM for two seconds, and is then killed.
    #expect(try await manager.feedings(within: 1.5) >= 4)
    daemon.signal(SIGTERM)
    #expect(await daemon.ended() == 0)
  }

  /// The supervisor says what it kills before it kills. Here nobody reads what it says, the pipe is
  /// full, and so it never comes to the killing: the watchdog must starve.
  @Test func aHungOrderThatNobodyKillsStarvesTheWatchdog() async throws {
    let folder = try TemporaryFolder()
    let manager = try NotifyListener("\(folder.path)/notify")
    let worker = try folder.script("worker", SpokenWorker.script)
    try SmallSweep.enqueue(SmallSweep.submission(), folder.state)
    var all = environment(manager, watchdogMs: 300)
    all["P2P_SPOKEN"] = "hangs-loudly"
    all["P2P_HANG_SECONDS"] = "1"
    let daemon = try DaemonUnderTest(
      folder.state, ["--worker", worker], environment: all, reads: false)
    #expect(await wait { !daemon.children.isEmpty })
    let hung = try #require(daemon.children.first)
    #expect(await wait { manager.feedings > 0 })
    #expect(try await manager.feedings(within: 4) > 0, "while it is inside its budget")
    #expect(try await manager.feedings(within: 1.5) == 0)
    #expect(ProcessList.isAlive(hung))
    #expect(daemon.isRunning)
    // What systemd would do.
    daemon.signal(SIGKILL)
    kill(hung, SIGKILL)
    _ = await daemon.ended()
  }
}
