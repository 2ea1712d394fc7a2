import EditJobs
import Foundation
import JobStore
import Testing

/// A disk that fills in the middle of a sweep and is freed later.
extension FaultTests {
  private static let sweep = FaultSweep.middle
  private static let megabytes = 64

  @Test func fullDisk() async throws {
    var campaign = Campaign("full-disk", full: 5, short: 1)
    let isReal = Campaign.environment["P2P_FAULTS_MAY_MOUNT"] == "1"
    _ = try await Self.sweep.reference()
    for _ in 0..<campaign.runs where campaign.problems.isEmpty {
      if isReal { try await fillDisk(&campaign) } else { try await fillShim(&campaign) }
    }
    campaign.remarks.append(
      isReal
        ? "a tmpfs of \(Self.megabytes) MiB" : "no tmpfs could be mounted: ENOSPC by the shim")
    try campaign.conclude("paused with the reason, resumed by itself, every output once and equal")
  }

  /// State and results on a small file system of their own, which a file fills.
  private func fillDisk(_ campaign: inout Campaign) async throws {
    let folder = try TemporaryFolder()
    let disk = "\(folder.path)/disk"
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    try run("mount", ["-t", "tmpfs", "-o", "size=\(Self.megabytes)m", "none", disk])
    defer { try? run("umount", ["-l", disk]) }
    let state = StateFolder(path: "\(disk)/state")
    try Self.sweep.enqueue(state)
    let ledger = Ledger(path: "\(folder.path)/evaluations")
    let daemon = try DaemonUnderTest(
      state, ["--embedded", "--maps-quota", "8MiB"], environment: ledger.environment)
    let more = Int.random(in: 5...80, using: &campaign.random)
    _ = await wait(120) { ledger.lines.count > more }
    if let last = ledger.lines.last, last.pass < Self.sweep.steps { campaign.inside += 1 }
    let filler = "\(disk)/filler"
    try Data().write(to: URL(filePath: filler))
    let handle = try FileHandle(forWritingTo: URL(filePath: filler))
    while (try? handle.write(contentsOf: Data(count: 65_536))) != nil {}
    while (try? handle.write(contentsOf: Data(count: 512))) != nil {}
    try? handle.close()
    let paused = await wait(60) { daemon.log.text.contains("no room on the disk") }
    campaign.check(paused, "nothing was said of the full disk")
    try await campaign.pause(0.1...3)
    try FileManager.default.removeItem(atPath: filler)
    try await finish(daemon, state, &campaign)
  }

  /// The results are full once so much was written, until room is given again.
  private func fillShim(_ campaign: inout Campaign) async throws {
    let folder = try TemporaryFolder()
    let counter = "\(folder.path)/counter"
    try Self.sweep.enqueue(folder.state)
    // The sweep writes less than 64 MiB: it meets the end in its middle.
    let bytes = try await Self.sweep.reference().bytes
    let limit = min(
      Self.megabytes << 20,
      Int(Double(bytes) * Double.random(in: 0.3...0.9, using: &campaign.random)))
    let daemon = try DaemonUnderTest(
      folder.state, ["--embedded"],
      environment: try Shim.full(after: limit, counter: counter, below: folder.state.results))
    var (times, wasFull) = (0, false)
    while await wait(
      120,
      until: {
        !daemon.isRunning
          || daemon.log.text.ranges(of: "no room on the disk").count > times
      }), daemon.isRunning
    {
      times = daemon.log.text.ranges(of: "no room on the disk").count
      let paused = try SmallSweep.read(folder.state) { try $0.overview() }
      campaign.check(
        paused.pauseReason?.hasPrefix("no room on the disk") == true,
        "the pause is not written down")
      try await campaign.pause(0.1...3)
      // A fullness may be said twice: once freed, it is over.
      if try Shim.free(counter: counter) > limit / 2 { wasFull = true }
    }
    campaign.check(times > 0 && wasFull, "nothing was said of the full disk")
    try await finish(daemon, folder.state, &campaign)
  }

  private func finish(
    _ daemon: DaemonUnderTest, _ state: StateFolder, _ campaign: inout Campaign
  ) async throws {
    let status = await daemon.ended(within: 600)
    campaign.check(status == 0, "p2pd ended with \(status ?? -1): \(daemon.log.text.suffix(2000))")
    try await Self.sweep.judge(state, &campaign)
  }

  private func run(_ program: String, _ arguments: [String]) throws {
    guard try Ran(program, arguments).status == 0 else { throw FaultTrouble("\(program) failed") }
  }
}
