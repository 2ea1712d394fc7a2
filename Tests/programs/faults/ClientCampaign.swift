import EditJobs
import Foundation
import JobStore
import Testing

/// A program that is stopped while it holds the job table's lock.
extension FaultTests {
  private static let sweep = FaultSweep.small
  /// Seconds for which programs wait for the lock.
  private static let patience = 10.0

  @Test func stoppedClient() async throws {
    var campaign = Campaign("stopped-client", full: 10, short: 1)
    _ = try await Self.sweep.reference()
    var met = 0
    for run in 0..<campaign.runs where campaign.problems.isEmpty {
      let folder = try TemporaryFolder()
      try Self.sweep.enqueue(folder.state)
      let ledger = Ledger(path: "\(folder.path)/evaluations")
      let daemon = try DaemonUnderTest(
        folder.state, ["--embedded"], environment: ledger.environment)
      _ = await wait(60) { !ledger.lines.isEmpty }
      // Every second one sleeps for longer than anybody waits.
      let isLong = run % 2 == 1
      let mark = "\(folder.path)/stopped"
      let stopped = try CommandUnderTest(
        Self.other(1), folder.state,
        environment: try Shim.failing(
          "pwrite", Int.random(in: 1...20, using: &campaign.random), "stop", mark: mark,
          below: folder.state.path))
      let isStopped = await wait(20) { access(mark, F_OK) == 0 || !stopped.isRunning }
      let holds = isStopped && access(mark, F_OK) == 0
      if holds { met += 1 }
      let lines = ledger.lines.count
      let asked = ContinuousClock.now
      let second = try CommandUnderTest(Self.other(2), folder.state)
      if isLong, holds {
        let ended = await wait(Self.patience * 3) { !second.isRunning }
        campaign.check(ended, "the second program waits for ever")
        let (status, words, _) = try await second.ended()
        campaign.check(
          status == 75 && words.contains("p2p.db"),
          "the second program ended with \(status): \(words)")
        campaign.check(
          asked.duration(to: .now) > .seconds(Self.patience / 2), "it gave up at once")
      } else {
        try await Task.sleep(for: .seconds(2))
        if holds { campaign.check(second.isRunning, "nobody held the lock") }
      }
      campaign.remarks = ["\(ledger.lines.count - lines) steps were made meanwhile"]
      stopped.signal(SIGCONT)
      let first = try await stopped.ended()
      campaign.check(first.status == 0, "the stopped program: \(first.errors)")
      if !(isLong && holds) {
        let (status, words, _) = try await second.ended()
        campaign.check(status == 0, "the second program ended with \(status): \(words)")
      }
      let status = await daemon.ended(within: 120)
      campaign.check(
        status == 0, "p2pd ended with \(status ?? -1): \(daemon.log.text.suffix(1000))")
      let sweeps = try SmallSweep.read(folder.state) { store in
        try store.quickCheck()
        return try store.sweeps()
      }
      campaign.check(
        sweeps.count == (isLong && holds ? 2 : 3), "\(sweeps.count) sweeps are there")
      campaign.check(
        sweeps.allSatisfy { $0.standing.isSettled && $0.standing.count(.done) > 0 },
        "a sweep is not done")
    }
    campaign.check(met > 0, "nobody was stopped with the lock")
    campaign.remarks.append("\(met) held the lock")
    try campaign.conclude("others went on after it, or gave up with 75 and the reason")
  }

  /// A sweep of one cell.
  private static func other(_ seed: Int) -> [String] {
    [
      "sweep", "--name", "other-\(seed)", "--no-reprompt", "--model", RealSweep.model, "--prompt",
      "a red circle on a white background", "--steps", "2", "--cfg", "3", "--seed", "\(seed)",
      "--to", "a green circle on a white background",
    ]
  }
}
