import EditJobs
import Foundation
import JobStore
import Testing

/// The n-th call on a file fails, is cut short, or is the last.
extension FaultTests {
  private static let sweep = FaultSweep.small
  private static let calls = [
    "write", "pwrite", "fsync", "fdatasync", "ftruncate", "rename", "open", "any",
  ]

  @Test func failingCalls() async throws {
    var campaign = Campaign("failing-calls", full: 300, short: 8)
    try await fail(["EIO", "ENOSPC", "short"], &campaign)
    try campaign.conclude("no failed sync retried; hashes equal, or a clear failure and then equal")
  }

  /// Kills between any two calls, inside SQLite's commits too.
  @Test func lastCalls() async throws {
    var campaign = Campaign("last-calls", full: 100, short: 4)
    try await fail(["kill"], &campaign)
    try campaign.conclude("killed before a call, inside commits too; every output once and equal")
  }

  private func fail(_ kinds: [String], _ campaign: inout Campaign) async throws {
    _ = try await Self.sweep.reference()
    var met = 0
    for _ in 0..<campaign.runs where campaign.problems.isEmpty {
      let call = Self.calls.randomElement(using: &campaign.random) ?? "any"
      let kind = kinds.randomElement(using: &campaign.random) ?? "EIO"
      // Most calls come some dozen times in a run; `any` and `pwrite` some hundred times.
      let most = ["any", "pwrite"].contains(call) ? 300 : call == "ftruncate" ? 40 : 80
      let n = Int.random(in: 1...most, using: &campaign.random)
      if try await run(call, n, kind, &campaign) { met += 1 }
    }
    campaign.remarks.append("\(met) met their call")
  }

  /// One run; whether its call was met.
  private func run(_ call: String, _ n: Int, _ kind: String, _ campaign: inout Campaign)
    async throws
    -> Bool
  {
    let folder = try TemporaryFolder()
    let mark = "\(folder.path)/met"
    let before = campaign.problems.count
    try Self.sweep.enqueue(folder.state)
    let environment = try Shim.failing(
      call, n, kind, mark: mark, below: folder.state.path)
    var daemon = try DaemonUnderTest(folder.state, ["--embedded"], environment: environment)
    var status = await daemon.ended(within: 120)
    try Self.sweep.verifyDone(folder.state, &campaign)
    if status != 0, status != nil {
      // A clear failure: said, and nothing lost by it.
      let words = daemon.log.text
      campaign.check(
        kind == "kill" ? status == SIGKILL : words.contains("p2pd: ") || words.contains("unit "),
        "it ended with \(status ?? -1) and without a word: \(words.suffix(500))")
      _ = try RealSweep.p2p(["retry", "all"], folder.state)
      daemon = try DaemonUnderTest(folder.state, ["--embedded"], environment: environment)
      status = await daemon.ended(within: 120)
    }
    campaign.check(status == 0, "p2pd ended with \(status ?? -1): \(daemon.log.text.suffix(2000))")
    campaign.check(access(mark + ".retried", F_OK) != 0, "a failed sync was tried again")
    try await Self.sweep.judge(folder.state, &campaign, attempts: nil)
    for index in before..<campaign.problems.count {
      campaign.problems[index] += " (\(kind) at \(call) \(n))"
    }
    return access(mark, F_OK) == 0
  }
}
