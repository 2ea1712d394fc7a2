import EditJobs
import Foundation
import JobStore
import Testing

/// The wall clock jumps while a sweep runs, and while a unit waits for its next attempt.
extension FaultTests {
  private static let sweep = FaultSweep.small
  /// Seconds: a day and half an hour back, ten minutes and a day ahead.
  private static let jumps: [Int64] = [-86_400, 600, -1_800, 86_400]

  @Test func clockJumps() async throws {
    var campaign = Campaign("clock-jumps", full: 12, short: 1)
    _ = try await Self.sweep.reference()
    for run in 0..<campaign.runs where campaign.problems.isEmpty {
      let jump = Self.jumps[run % Self.jumps.count]
      try await jumpInASweep(jump, &campaign)
      try await jumpInABackoff(jump, &campaign)
      for index in campaign.problems.indices {
        campaign.problems[index] += " (a jump by \(jump) s)"
      }
    }
    try campaign.conclude("nothing expired, waited or was lost; every output equal")
  }

  private func jumpInASweep(_ jump: Int64, _ campaign: inout Campaign) async throws {
    let folder = try TemporaryFolder()
    try Self.sweep.enqueue(folder.state)
    let ledger = Ledger(path: "\(folder.path)/evaluations")
    let clock = "\(folder.path)/clock"
    let daemon = try DaemonUnderTest(
      folder.state, ["--embedded"],
      environment: try Shim.clock(clock).merging(ledger.environment) { $1 })
    let more = Int.random(in: 1...20, using: &campaign.random)
    _ = await wait(60) { !daemon.isRunning || ledger.lines.count >= more }
    if let last = ledger.lines.last, last.pass < Self.sweep.steps { campaign.inside += 1 }
    try Shim.setClock(clock, seconds: jump)
    if let worker = daemon.children.first { kill(worker, SIGKILL) }
    let status = await daemon.ended(within: 60)
    campaign.check(
      status == 0, "p2pd ended with \(status ?? -1): \(daemon.log.text.suffix(1000))")
    campaign.check(!daemon.log.text.contains("hung"), "a jump counts as a hang")
    try await Self.sweep.judge(folder.state, &campaign, attempts: 0...1)
  }

  /// The second attempt comes after a second or two of anybody's clock, not after a day.
  private func jumpInABackoff(_ jump: Int64, _ campaign: inout Campaign) async throws {
    let folder = try TemporaryFolder()
    let worker = try folder.script("worker", SpokenWorker.script)
    try SmallSweep.enqueue(SmallSweep.submission(), folder.state)
    let (clock, log) = ("\(folder.path)/clock", "\(folder.path)/spoken")
    let daemon = try DaemonUnderTest(
      folder.state, ["--embedded", "--worker", worker],
      environment: try Shim.clock(clock).merging(
        ["P2P_SPOKEN": "crashes-at-once", "P2P_SPOKEN_LOG": log]) { $1 })
    let waits = try await wait(30) {
      try SmallSweep.read(folder.state) { try !$0.units(in: .scheduled).isEmpty }
    }
    campaign.check(waits, "nothing waits for its next attempt")
    try Shim.setClock(clock, seconds: jump)
    let status = await daemon.ended(within: 30)
    campaign.check(status == 1, "after 30 s the attempts are not over: \(daemon.log.text)")
    let starts = ((try? String(contentsOfFile: log, encoding: .utf8)) ?? "")
      .split(separator: "\n").count { $0.hasPrefix("start") }
    campaign.check(starts == 3, "\(starts) attempts, not 3")
  }
}
