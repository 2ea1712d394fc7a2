import EditJobs
import Foundation
import JobStore
import Testing

/// The daemon that a waiting verb starts: it belongs to the folder and not to the verb. A paused queue
/// keeps the work open for as long as a test needs it.
@Suite(.serialized) struct DemandedDaemonTests {
  private func folder(_ sweeps: Int = 1) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for number in 1...sweeps {
      let ran = try RealSweep.p2p(
        [
          "sweep", "--name", "s\(number)", "--no-reprompt", "--model", RealSweep.model, "--steps",
          "2", "--cfg", "1", "--seed", "\(number)", "--prompt", "a red circle", "--to",
          "a blue circle",
        ], folder.state)
      #expect(ran.status == 0, "\(ran.errors)")
    }
    try RealSweep.p2p(["pause"], folder.state)
    return folder
  }

  private func holder(_ folder: TemporaryFolder) async throws -> Int32 {
    #expect(await wait { FolderLock.holder(folder.state) ?? 0 > 0 })
    return try #require(FolderLock.holder(folder.state))
  }

  private func isOver(_ folder: TemporaryFolder, _ sweep: Int64 = 1) throws -> Bool {
    try SmallSweep.read(folder.state) { try $0.standing(.sweep(sweep)) }.isSettled
  }

  /// Resumes the queue; everything is done, and the daemon ends a while after it.
  private func finish(_ folder: TemporaryFolder) async throws {
    let daemon = try await holder(folder)
    try RealSweep.p2p(["resume"], folder.state)
    #expect(try await wait(60) { try isOver(folder) })
    let settled = ContinuousClock.now
    #expect(await wait(20) { FolderLock.holder(folder.state) == nil })
    #expect(settled.duration(to: .now) > .seconds(1.5), "it rests for a while")
    #expect(!ProcessList.isAlive(daemon))
    let cells = try SmallSweep.read(folder.state) { try $0.cells(.all) }
    #expect(cells.allSatisfy { $0.state == .done })
  }

  @Test(arguments: [
    (SIGINT, ["wait", "s1"]), (SIGTERM, ["watch", "s1"]), (SIGHUP, ["wait", "all", "--json"]),
  ]) func theWorkGoesOnWithoutItsVerb(_ number: Int32, _ verb: [String]) async throws {
    let folder = try folder()
    let waiting = try CommandUnderTest(verb, folder.state)
    let daemon = try await holder(folder)
    #expect(getsid(daemon) == daemon, "it has a session of its own")
    waiting.signal(number)
    let (status, words, _) = try await waiting.ended()
    #expect(status == number, "ended as by the signal: \(status)")
    #expect(
      words.contains("the work goes on; p2p stop ends it at its next step"), "\(words)")
    let said = try RealSweep.p2p(["status"], folder.state)
    #expect(said.output.contains("p2pd running, process \(daemon)"), "\(said)")
    #expect(said.output.contains("log: \(folder.state.path)/p2pd.log"), "\(said)")
    #expect(said.output.contains("it runs for \(verb[1] == "all" ? "all" : "1") and then ends"))
    try await finish(folder)
    let log = try String(contentsOfFile: folder.state.path + "/p2pd.log", encoding: .utf8)
    #expect(log.contains("serving \(folder.state.path)"), "\(log)")
  }

  @Test func aReaderThatIsGoneEndsTheWatchingAlone() async throws {
    let folder = try folder()
    try RealSweep.p2p(["resume"], folder.state)
    let ran = try Ran(
      "/bin/bash", ["-c", "'\(Built.program("p2p"))' watch s1 | head -1"],
      ["P2P_STATE": folder.state.path, "P2P_RESULTS": folder.state.results])
    #expect(ran.output.split(separator: "\n").count == 1, "\(ran)")
    #expect(try await wait(60) { try isOver(folder) })
    #expect(await wait(20) { FolderLock.holder(folder.state) == nil })
  }

  @Test func itLivesForEveryVerbThatWaits() async throws {
    let folder = try folder(2)
    let first = try CommandUnderTest(["wait", "s1"], folder.state)
    let daemon = try await holder(folder)
    let second = try CommandUnderTest(["wait", "s2"], folder.state)
    #expect(await wait { DaemonGoals(folder.state).names() == ["1", "2"] })
    second.signal(SIGINT)
    _ = try await second.ended()
    // What the first one waited for is settled; the second one's is not, although nobody looks on.
    try RealSweep.p2p(["cancel", "s1"], folder.state)
    let (status, _, _) = try await first.ended()
    #expect(status == 1)
    try await Task.sleep(for: .seconds(3))
    #expect(FolderLock.holder(folder.state) == daemon)
    try RealSweep.p2p(["resume"], folder.state)
    #expect(try await wait(60) { try isOver(folder, 2) })
    #expect(await wait(20) { FolderLock.holder(folder.state) == nil })
    #expect(DaemonGoals(folder.state).names().isEmpty)
  }

  /// Somebody waits for more in the two seconds in which the daemon rests, and while it leaves.
  @Test func nobodyIsForgottenAtItsEnd() async throws {
    let folder = try folder()
    try RealSweep.p2p(["resume"], folder.state)
    for delay in [0.0, 1.9, 2.0, 2.1, 2.3] {
      for (verb, word) in [("a", "wait"), ("b", "watch")] {
        let ran = try Ran(
          "/bin/bash",
          [
            "-c",
            "p2p sweep --name \(verb)\(delay) --no-reprompt --model '\(RealSweep.model)' --steps 2 "
              + "--cfg 1 --seed $RANDOM --prompt 'a red circle' && p2p \(word) @last && sleep \(delay)",
          ],
          [
            "P2P_STATE": folder.state.path, "P2P_RESULTS": folder.state.results,
            "PATH": "\(Built.folder):/usr/bin:/bin",
          ])
        #expect(ran.status == 0, "\(delay): \(ran)")
      }
    }
  }

  @Test(arguments: [true, false]) func aDaemonThatIsKilledIsReplaced(_ isOurs: Bool) async throws {
    let folder = try folder()
    let other = isOurs ? nil : try DaemonUnderTest(folder.state)
    if !isOurs { _ = try await holder(folder) }
    let waiting = try CommandUnderTest(["wait", "s1"], folder.state)
    let first = try await holder(folder)
    #expect(await wait { !DaemonGoals(folder.state).names().isEmpty })
    if let other { #expect(other.pid == first) }
    kill(first, SIGKILL)
    #expect(
      await wait(10) { FolderLock.holder(folder.state).map { $0 > 0 && $0 != first } ?? false })
    try RealSweep.p2p(["resume"], folder.state)
    let (status, words, _) = try await waiting.ended()
    #expect(status == 0, "\(words)")
  }

  @Test func stopEndsItAndWhoWaitsIsTold() async throws {
    let folder = try folder()
    let waiting = try CommandUnderTest(["wait", "s1"], folder.state)
    let daemon = try await holder(folder)
    let stopped = try RealSweep.p2p(["stop"], folder.state)
    #expect(stopped.status == 0, "\(stopped)")
    #expect(stopped.output == "p2pd (process \(daemon)) was stopped\n")
    #expect(!ProcessList.isAlive(daemon))
    let (status, words, _) = try await waiting.ended()
    #expect(status == 75 && words.contains("p2pd was stopped before the work was settled"))
    #expect(FolderLock.holder(folder.state) == nil)
    let again = try RealSweep.p2p(["stop", "--json"], folder.state)
    #expect(again.status == 0 && again.output.contains("p2p.stop/1"), "\(again)")

    let next = try CommandUnderTest(["wait", "s1"], folder.state)
    try await finish(folder)
    #expect(try await next.ended().status == 0)
  }

  /// A daemon of somebody else's that is ended by hand, and one that is started again.
  @Test func aDaemonThatLeavesIsMissedAndThenFound() async throws {
    let folder = try folder()
    var daemon = try DaemonUnderTest(folder.state)
    _ = try await holder(folder)
    let waiting = try CommandUnderTest(["wait", "s1"], folder.state)
    #expect(await wait { !DaemonGoals(folder.state).names().isEmpty })
    daemon.signal(SIGTERM)
    #expect(await daemon.ended() == 0)
    try await Task.sleep(for: .seconds(1))
    daemon = try DaemonUnderTest(folder.state)
    #expect(try await holder(folder) == daemon.pid)
    try await Task.sleep(for: .seconds(6))
    #expect(waiting.isRunning, "the next one serves it")
    #expect(DaemonGoals(folder.state).wasStopped() == false)
    daemon.signal(SIGTERM)
    #expect(await daemon.ended() == 0)
    let (status, words, _) = try await waiting.ended()
    #expect(status == 75 && words.contains("p2p wait 1 goes on with it"), "\(words)")
  }

  @Test func aServiceIsStoppedByItsManager() async throws {
    let folder = try folder()
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = [
      "-c",
      "SYSTEMD_EXEC_PID=$$ exec '\(Built.program("p2pd"))' run --state '\(folder.state.path)'",
    ]
    process.standardError = FileHandle.nullDevice
    try process.run()
    defer { process.terminate() }
    _ = try await holder(folder)
    let ran = try RealSweep.p2p(["stop"], folder.state)
    #expect(ran.status == 77 && ran.errors.contains("systemctl"), "\(ran)")
    #expect(process.isRunning && FolderLock.holder(folder.state) == process.processIdentifier)
  }

  @Test(arguments: [
    ["wait", "s1"], ["watch", "s1", "--out", "o"],
    ["enqueue", "--model", RealSweep.model, "--prompt", "a cat", "--wait"],
  ]) func theSettingsFileReachesIt(_ verb: [String]) async throws {
    let folder = try folder()
    try "workers: 2\nthreads: 3\n".write(
      toFile: "\(folder.path)/c.yaml", atomically: true, encoding: .utf8)
    // By a relative name: the daemon works elsewhere.
    let ran = try Ran(
      "/bin/bash",
      [
        "-c", "cd '\(folder.path)'; timeout -s INT 3 \"$@\" --config c.yaml", "-",
        Built.program("p2p"),
      ]
        + verb, ["P2P_STATE": folder.state.path, "P2P_RESULTS": folder.state.results])
    #expect(ran.errors.contains("the work goes on"), "\(ran)")
    let log = try String(contentsOfFile: folder.state.path + "/p2pd.log", encoding: .utf8)
    #expect(log.contains("threads=3") && log.contains("workers=2"), "\(log)")
    #expect(try RealSweep.p2p(["stop"], folder.state).status == 0)
  }

  @Test func itsLogIsPutAsideAndHoldsNothingOfOurs() async throws {
    let folder = try folder()
    let log = folder.state.path + "/p2pd.log"
    try Data(repeating: UInt8(ascii: "\n"), count: 9_999_990).write(to: URL(filePath: log))
    // A lock of the script that waits, which must not live as long as the daemon does.
    let ran = try Ran(
      "/bin/bash",
      [
        "-c",
        "exec 9>'\(folder.path)/lock'; flock 9; timeout -s INT 2 '\(Built.program("p2p"))' wait s1",
      ], ["P2P_STATE": folder.state.path, "P2P_RESULTS": folder.state.results])
    #expect(ran.errors.contains("the work goes on"), "\(ran)")
    #expect(FolderLock.holder(folder.state) != nil)
    let free = try Ran("/bin/bash", ["-c", "exec 9>'\(folder.path)/lock'; flock -n 9"])
    #expect(free.status == 0)
    try await finish(folder)
    let sizes = [log, log + ".1"].map { (try? Data(contentsOf: URL(filePath: $0)))?.count ?? 0 }
    #expect(sizes[1] >= 10_000_000 && sizes[0] > 0 && sizes[0] < 100_000, "\(sizes)")
  }

  @Test func whatIsSettledNeedsNoDaemon() async throws {
    let folder = try folder()
    try RealSweep.p2p(["resume"], folder.state)
    #expect(try RealSweep.p2p(["wait", "s1"], folder.state).status == 0)
    func log() -> Data? { try? Data(contentsOf: URL(filePath: "\(folder.state.path)/p2pd.log")) }
    let before = log()
    let waiting = try CommandUnderTest(["wait", "s1"], folder.state)
    let (status, words, _) = try await waiting.ended()
    #expect(status == 0 && words == "s1: 1 done\n", "\(words)")
    #expect(log() == before, "no daemon was started")
    #expect(FolderLock.holder(folder.state) == nil)
  }

  @Test func inTheForegroundItEndsWithItsVerb() async throws {
    let folder = try folder()
    for number in [SIGTERM, SIGHUP, SIGINT] {
      let waiting = try CommandUnderTest(["wait", "s1", "--foreground"], folder.state)
      let daemon = try await holder(folder)
      #expect(getsid(daemon) == getsid(0))
      waiting.signal(number)
      let (status, words, _) = try await waiting.ended()
      #expect(status == number && words.contains("p2pd stops at its next step"), "\(words)")
      #expect(await wait(5) { FolderLock.holder(folder.state) == nil })
    }
    let useless = try RealSweep.p2p(
      ["enqueue", "--foreground", "--model", RealSweep.model, "--prompt", "x"], folder.state)
    #expect(useless.status == 64, "\(useless)")
  }

  /// In the foreground nobody takes over: the verb ends with the reason.
  @Test func inTheForegroundAStrangersEndIsSaid() async throws {
    let folder = try folder()
    let daemon = try DaemonUnderTest(folder.state)
    _ = try await holder(folder)
    let waiting = try CommandUnderTest(["wait", "s1", "--foreground"], folder.state)
    try await Task.sleep(for: .seconds(1))
    daemon.signal(SIGKILL)
    let (status, words, _) = try await waiting.ended()
    #expect(status == 69 && words.contains("no p2pd runs on"), "\(words)")
  }

  @Test func whyItCannotRunIsSaid() async throws {
    let folder = try folder()
    let waiting = try CommandUnderTest(
      ["wait", "s1"], folder.state, environment: ["P2P_WORKERS": "none"])
    let (status, words, _) = try await waiting.ended()
    #expect(status != 0 && words.contains("before the work was settled"), "\(words)")
    #expect(
      words.contains("workers") && words.contains("none"), "the daemon's last words: \(words)")
  }
}
