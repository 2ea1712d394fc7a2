import EditJobs
import Foundation
import JobStore
import ResultFiles
import Testing

/// Files of a half-finished sweep are damaged; then it goes on.
extension FaultTests {
  private static let sweep = FaultSweep.large

  @Test func flips() async throws {
    var campaign = Campaign("flips", full: 1000, short: 30)
    try await damage(.flip, &campaign)
  }

  @Test func truncations() async throws {
    var campaign = Campaign("truncations", full: 200, short: 15)
    try await damage(.truncation, &campaign)
  }

  @Test func zeroTails() async throws {
    var campaign = Campaign("zero-tails", full: 50, short: 10)
    try await damage(.zeroTail, &campaign)
  }

  @Test func swaps() async throws {
    var campaign = Campaign("swaps", full: 50, short: 10)
    try await damage(.swap, &campaign)
  }

  private func damage(_ kind: Damage, _ campaign: inout Campaign) async throws {
    _ = try await Self.sweep.reference()
    let half = try await HalfFinished(Self.sweep)
    var struck = 0
    while struck < campaign.runs, campaign.problems.isEmpty {
      let (folder, files) = try half.copy()
      // Read again by nobody: looked at here, and put right before the sweep goes on.
      var aside: [(path: String, bytes: Data)] = []
      var chosen = files.shuffled(using: &campaign.random)
      chosen = Array(chosen.prefix(max(3, chosen.count / 2)))
      for file in chosen where struck < campaign.runs {
        let records = file.records
        if case .finished(let unit) = file, unit.kind == .variant {
          aside.append((file.path, try Data(contentsOf: URL(filePath: file.path))))
        }
        guard try kind.strike(file.path, &campaign.random) else { continue }
        struck += 1
        if case .begun = file { campaign.inside += 1 }
        campaign.check(
          file.isNoticed(records: records), "\(kind.rawValue) of \(file.path) went unnoticed")
      }
      for (path, bytes) in aside { try bytes.write(to: URL(filePath: path)) }
      let daemon = try DaemonUnderTest(folder.state, ["--embedded"])
      let status = await daemon.ended(within: 600)
      campaign.check(
        status == 0, "p2pd ended with \(status ?? -1): \(daemon.log.text.suffix(2000))")
      try await judgeResults(folder.state, &campaign)
    }
    try campaign.conclude("all \(struck) detected; every output equal", faults: struck)
  }

  /// The source may be finished twice here: it was made again.
  private func judgeResults(_ folder: StateFolder, _ campaign: inout Campaign) async throws {
    let expected = try await Self.sweep.reference().digests
    let found = try RealSweep.digests(folder)
    campaign.check(Set(found.keys) == Set(expected.keys), "other files")
    for (file, digest) in expected where found[file] != nil {
      campaign.check(found[file] == digest, "\(file) differs")
    }
    let states = try SmallSweep.read(folder) { try $0.cells(.all).map(\.state) }
    campaign.check(states.allSatisfy { $0 == .done }, "not all cells are done")
  }
}
