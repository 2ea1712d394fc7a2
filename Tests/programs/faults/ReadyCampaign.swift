import EditJobs
import Foundation
import JobStore
import Testing

/// What a claim costs in front of many ready units.
extension FaultTests {
  @Test func readyUnits() throws {
    var campaign = Campaign("ready-units", full: 100_000, short: 5_000)
    let folder = try TemporaryFolder()
    try folder.state.create()
    let store = try JobStore(folder.state)
    let perSweep = 1_000
    for seed in 0..<(campaign.runs / perSweep) {
      // Many cheap specs: the cost of a claim is asked, not of a submission.
      _ = try store.enqueue(
        SmallSweep.submission(variants: perSweep, steps: 50, seed: UInt64(seed)), owner: 1, now: 1)
      let order = try #require(try store.claim(place: "local/cpu0", now: 2) { _, _ in 1 })
      try store.finish(
        order.sourceKey, token: order.token, manifest: Digest(of: "m".utf8), now: 3)
      // The next source shall be the head of the line.
      _ = try store.prioritise(.unit(order.sourceKey), -1, now: 4)
    }
    let ready = try store.overview().variants[.ready] ?? 0
    campaign.check(ready == campaign.runs, "\(ready) are ready")
    let clock = ContinuousClock()
    var (commits, claims): ([Duration], [Duration]) = ([], [])
    for turn in 0..<51 {
      // Another note each time: SQLite writes no page that does not change.
      let note = DaemonNote(pid: 1, startedMs: Int64(turn), boot: "b")
      commits.append(try clock.measure { try store.setDaemon(note) })
      claims.append(
        try clock.measure { _ = try store.claim(place: "local/cpu0", now: 5) { _, _ in 4 } })
    }
    let (commit, claim) = (commits.sorted()[25], claims.sorted()[25])
    let ratio = claim / commit
    campaign.check(
      claim <= commit * 3 + (Campaign.isFull ? .zero : .milliseconds(25)),
      "a claim takes \(claim), a bare commit \(commit)")
    // A union of a unit's sweeps is a handful of numbers.
    for (name, plan) in try store.queryPlans() where name != "showing" {
      campaign.check(
        !plan.contains("SCAN unit") && !plan.contains { $0.contains("TEMP B-TREE") },
        "\(name) scans or sorts: \(plan)")
    }
    try store.close()
    let milliseconds = claim / .milliseconds(1)
    try campaign.conclude(
      "a claim of 4 takes \(milliseconds.formatted(.number.precision(.fractionLength(1)))) ms, "
        + "\(ratio.formatted(.number.precision(.fractionLength(1)))) bare commits; plans use indexes"
    )
  }
}
