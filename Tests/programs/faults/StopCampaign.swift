import EditJobs
import Foundation
import JobStore
import Testing

/// A worker that stops answering, and one that wakes up when its daemon is long dead.
extension FaultTests {
  private static let sweep = FaultSweep.large

  /// SIGSTOP past the hang budget, then SIGCONT: the worker is replaced.
  @Test func stopWorker() async throws {
    var campaign = Campaign("stop-worker", full: 20, short: 1)
    _ = try await Self.sweep.reference()
    var stops = 0
    while stops < campaign.runs, campaign.problems.isEmpty {
      let folder = try TemporaryFolder()
      let ledger = Ledger(path: "\(folder.path)/evaluations")
      try Self.sweep.enqueue(folder.state)
      let daemon = try DaemonUnderTest(
        folder.state, ["--embedded"],
        environment: ledger.environment.merging(["P2P_HANG_SECONDS": "6"]) { $1 })
      var marks: [Int] = []
      while stops < campaign.runs {
        let floor = ledger.lines.count
        let more = Int.random(in: 4...40, using: &campaign.random)
        let reached = await wait(120) { !daemon.isRunning || ledger.lines.count >= floor + more }
        guard reached, daemon.isRunning, let worker = daemon.children.first else { break }
        kill(worker, SIGSTOP)
        let lines = ledger.lines
        marks.append(lines.count)
        stops += 1
        if let last = lines.last, 0 < last.pass, last.pass < Self.sweep.steps {
          campaign.inside += 1
        }
        let replaced = await wait(30) {
          !ProcessList.isAlive(worker) && daemon.children.contains { $0 != worker }
        }
        kill(worker, SIGCONT)
        campaign.check(replaced, "a hung worker was not replaced in 30 s")
        // Half of a step may stand in its ledger only.
        marks.append(ledger.lines.count)
      }
      let status = await daemon.ended(within: 600)
      campaign.check(
        status == 0, "p2pd ended with \(status ?? -1): \(daemon.log.text.suffix(2000))")
      campaign.check(daemon.log.text.contains("hung"), "nothing was said of a hang")
      ledger.judge(kills: marks.map { $0...$0 }, &campaign)
      try await Self.sweep.judge(folder.state, &campaign, attempts: 0...2)
    }
    try campaign.conclude("replaced each time; every output once and equal")
  }

  /// A stopped worker sleeps through its daemon's death and the start of another, then goes on: what
  /// it still writes and says reaches nobody.
  @Test func staleWorker() async throws {
    var campaign = Campaign("stale-worker", full: 20, short: 1)
    _ = try await Self.sweep.reference()
    for _ in 0..<campaign.runs where campaign.problems.isEmpty {
      let folder = try TemporaryFolder()
      let ledger = Ledger(path: "\(folder.path)/evaluations")
      try Self.sweep.enqueue(folder.state)
      let first = try DaemonUnderTest(
        folder.state, ["--embedded"], environment: ledger.environment)
      let more = Int.random(in: 3...60, using: &campaign.random)
      _ = await wait(120) { ledger.lines.count >= more }
      guard let worker = first.children.first else { continue }
      kill(worker, SIGSTOP)
      if let last = ledger.lines.last, 0 < last.pass, last.pass < Self.sweep.steps {
        campaign.inside += 1
      }
      first.signal(SIGKILL)
      _ = await first.ended()
      let second = try DaemonUnderTest(
        folder.state, ["--embedded"], environment: ledger.environment)
      // Long enough for the new worker to meet the sleeper's locks again and again.
      try await campaign.pause(3...16)
      kill(worker, SIGCONT)
      let gone = await wait(5) { !ProcessList.isAlive(worker) }
      campaign.check(gone, "the stale worker goes on")
      if !gone { kill(worker, SIGKILL) }
      let status = await second.ended(within: 600)
      campaign.check(
        status == 0, "p2pd ended with \(status ?? -1): \(second.log.text.suffix(2000))")
      try await Self.sweep.judge(folder.state, &campaign)
    }
    try campaign.conclude("nothing of it arrived; every output once and equal, no attempt counted")
  }
}
