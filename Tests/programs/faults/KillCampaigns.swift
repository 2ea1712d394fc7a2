import EditJobs
import Foundation
import JobStore
import Testing

/// SIGKILL at random moments of a sweep.
struct KillStorm {
  enum Victim: Sendable { case worker, daemon, both }

  let sweep: FaultSweep
  let victim: Victim
  private var kills = 0

  init(_ sweep: FaultSweep, _ victim: Victim) { (self.sweep, self.victim) = (sweep, victim) }

  /// Kills as often as the campaign says, in as many sweeps as that takes.
  mutating func blow(_ campaign: inout Campaign) async throws {
    _ = try await sweep.reference()
    while kills < campaign.runs, campaign.problems.isEmpty { try await round(&campaign) }
  }

  private mutating func round(_ campaign: inout Campaign) async throws {
    let folder = try TemporaryFolder()
    let ledger = Ledger(path: "\(folder.path)/evaluations")
    try sweep.enqueue(folder.state)
    var marks: [ClosedRange<Int>] = []
    var daemon = try start(folder.state, ledger)
    while kills < campaign.runs {
      let delay = Double.random(in: 0.02...1.2, using: &campaign.random)
      if await daemon.ended(within: delay) != nil { break }
      // So that the sweep comes on at all: every third kill waits for a step.
      if marks.suffix(2).count == 2,
        marks.suffix(2).allSatisfy({ $0.upperBound == ledger.lines.count })
      {
        let floor = ledger.lines.count
        _ = await wait(60) { !daemon.isRunning || ledger.lines.count > floor }
      }
      if victim == .worker { try await spare(daemon) }
      let workers = daemon.children
      guard daemon.isRunning, victim == .daemon || !workers.isEmpty else { continue }
      let before = ledger.lines.count
      strike(daemon, workers)
      let gone = await wait(2) { !workers.contains(where: ProcessList.isAlive) }
      campaign.check(gone, "a worker outlived its kill, or its daemon's, by 2 s")
      let lines = ledger.lines
      marks.append(before...lines.count)
      kills += 1
      if let last = lines.last, 0 < last.pass, last.pass < sweep.steps { campaign.inside += 1 }
      guard victim != .worker else { continue }
      _ = await daemon.ended()
      daemon = try start(folder.state, ledger)
    }
    let status = await daemon.ended(within: 600)
    campaign.check(status == 0, "p2pd ended with \(status ?? -1): \(daemon.log.text.suffix(2000))")
    guard status == 0 else {
      let failed = try SmallSweep.read(folder.state) { try $0.units(in: .failed) }
      campaign.problems += failed.map { "\($0.name): \($0.errorText ?? "failed")" }
      return
    }
    ledger.judge(kills: marks, &campaign)
    try await sweep.judge(folder.state, &campaign, attempts: victim == .daemon ? 0...0 : 0...2)
  }

  /// A unit that runs alone and whose worker dies three times before it gains a step is given up, as
  /// it should be: what has met two such kills is let through.
  private func spare(_ daemon: DaemonUnderTest) async throws {
    _ = try await wait(60) {
      try !daemon.isRunning
        || !SmallSweep.read(daemon.folder) { try $0.units(in: .running) }
          .contains { $0.attempts > 1 }
    }
  }

  private func strike(_ daemon: DaemonUnderTest, _ workers: [Int32]) {
    if victim != .worker { daemon.signal(SIGKILL) }
    if victim != .daemon { for worker in workers { kill(worker, SIGKILL) } }
  }

  private func start(_ folder: StateFolder, _ ledger: Ledger) throws -> DaemonUnderTest {
    try DaemonUnderTest(folder, ["--embedded"], environment: ledger.environment)
  }
}

extension FaultTests {
  static let killsHeld = "every output once and equal; at most one step repeated per lane and kill"

  @Test func killWorker() async throws {
    var campaign = Campaign("kill-worker", full: 200, short: 5)
    var storm = KillStorm(.large, .worker)
    try await storm.blow(&campaign)
    try campaign.conclude(Self.killsHeld)
  }

  @Test func killDaemon() async throws {
    var campaign = Campaign("kill-daemon", full: 200, short: 5)
    var storm = KillStorm(.large, .daemon)
    try await storm.blow(&campaign)
    try campaign.conclude(Self.killsHeld + "; no attempt counted, no worker left")
  }

  @Test func killBoth() async throws {
    var campaign = Campaign("kill-both", full: 50, short: 2)
    var storm = KillStorm(.large, .both)
    try await storm.blow(&campaign)
    try campaign.conclude(Self.killsHeld)
  }
}
