import EditJobs
import Foundation
import JobStore
import Testing

/// A kill before and after every write, rename, sync and commit, by `P2P_CRASH`.
extension FaultTests {
  private static let sweep = FaultSweep.small

  /// Points that any undisturbed run of the sweep passes.
  private static let places = [
    // Calls on files.
    "create", "write", "datasync", "sync", "rename", "mkdir", "folder-sync",
    // What the calls are for.
    "trajectory-begin", "trajectory-append", "maps", "publish-source.png", "publish-image.png",
    "publish-source.json", "publish-variant.json", "publish-mean-maps.safetensors",
    "publish-manifest.json",
    // Transactions of the job table.
    "enqueue-commit", "setDaemon-commit", "settle-commit", "claim-commit", "begun-commit",
    "progress-commit", "finish-commit", "setMaps-commit", "release-commit",
  ]
  static var crashPoints: [String] { places.flatMap { ["\($0).before", "\($0).after"] } }

  @Test func crashPoints() async throws {
    let points = Self.crashPoints
    var campaign = Campaign("crash-points", full: points.count * 3, short: 8)
    _ = try await Self.sweep.reference()
    let order = points.shuffled(using: &campaign.random)
    var crashes = 0
    var unreached: [String] = []
    for run in 0..<campaign.runs where campaign.problems.isEmpty {
      let point = order[run % order.count]
      // The first pass of the point, one soon after, one late.
      let count = [1...1, 2...6, 7...40][run / order.count % 3].randomElement(
        using: &campaign.random)
      if try await crash("\(point):\(count ?? 1)", &campaign) {
        crashes += 1
      } else if count == 1 {
        unreached.append(point)
      }
    }
    if !unreached.isEmpty { campaign.remarks.append("never passed: \(unreached)") }
    campaign.remarks.append("\(crashes) of the points were reached that often")
    campaign.check(crashes * 2 > campaign.runs, "only \(crashes) points were reached")
    try campaign.conclude("\(points.count) points; nothing half published, every output equal")
  }

  /// One run; whether the point was reached.
  private func crash(_ point: String, _ campaign: inout Campaign) async throws -> Bool {
    let folder = try TemporaryFolder()
    let mark = "\(folder.path)/crashed"
    let ledger = Ledger(path: "\(folder.path)/evaluations")
    let environment = ledger.environment.merging(["P2P_CRASH": "\(point):\(mark)"]) { $1 }
    let before = campaign.problems.count
    // A submission that died may or may not have been written; its key makes it safe to repeat.
    let submitted = try RealSweep.p2p(
      Self.sweep.arguments, folder.state, environment: environment)
    if submitted.status != 0 { try Self.sweep.enqueue(folder.state) }
    var marks: [Int] = []
    for _ in 0..<4 {
      let daemon = try DaemonUnderTest(folder.state, ["--embedded"], environment: environment)
      let wasThere = access(mark, F_OK) == 0
      _ = await wait(120) {
        !daemon.isRunning || (!wasThere && marks.isEmpty && access(mark, F_OK) == 0)
      }
      if !wasThere, access(mark, F_OK) == 0, marks.isEmpty {
        let lines = ledger.lines
        marks.append(lines.count)
        if let last = lines.last, last.pass < Self.sweep.steps { campaign.inside += 1 }
      }
      let status = await daemon.ended(within: 120)
      try Self.sweep.verifyDone(folder.state, &campaign)
      if status == 0 { break }
      // Killed by itself; anything else is a verdict.
      campaign.check(
        status == SIGKILL, "p2pd ended with \(status ?? -1): \(daemon.log.text.suffix(2000))")
    }
    // The ledger's length is read a moment late: only the bound on all repeats is kept.
    try await Self.sweep.judge(folder.state, &campaign, attempts: 0...1)
    for index in before..<campaign.problems.count { campaign.problems[index] += " at \(point)" }
    return access(mark, F_OK) == 0
  }
}
