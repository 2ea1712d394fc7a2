import EditJobs
import Foundation
import JobStore
import Testing

/// The model's files change under a worker that runs.
extension FaultTests {
  private static let sweep = FaultSweep.small

  /// The weights are cut to a part while a worker runs, which then has to start again; later they are
  /// put back.
  @Test func shrunkWeights() async throws {
    var campaign = Campaign("shrunk-weights", full: 20, short: 1)
    _ = try await Self.sweep.reference()
    for _ in 0..<campaign.runs where campaign.problems.isEmpty {
      let folder = try TemporaryFolder()
      let model = "\(folder.path)/model"
      try FileManager.default.copyItem(atPath: RealSweep.model, toPath: model)
      let (file, bytes) = try Self.weights(of: model, &campaign)
      try Self.sweep.enqueue(folder.state, model: model)
      let ledger = Ledger(path: "\(folder.path)/evaluations")
      let daemon = try DaemonUnderTest(
        folder.state, ["--embedded"], environment: ledger.environment)
      let more = Int.random(in: 1...12, using: &campaign.random)
      _ = await wait(120) { !daemon.isRunning || ledger.lines.count >= more }
      guard let worker = daemon.children.first else { continue }
      // It must not come to its end before the file is cut.
      kill(worker, SIGSTOP)
      if let last = ledger.lines.last, last.pass < Self.sweep.steps { campaign.inside += 1 }
      let size = Int.random(in: 0..<bytes.count, using: &campaign.random)
      guard truncate(file, size) == 0 else { throw FaultTrouble("\(file) cannot be cut") }
      // Whoever starts now cannot.
      kill(worker, SIGKILL)
      let status = await daemon.ended(within: 120)
      let words = daemon.log.text
      campaign.check(status == 1, "p2pd ended with \(status ?? -1): \(words.suffix(1000))")
      let crashes = ["signal 4", "signal 5", "signal 6", "signal 7", "signal 11"]
      campaign.check(
        !crashes.contains { words.contains("killed by \($0)") },
        "cut at \(size) of \(bytes.count): a crash: \(words.suffix(1000))")
      let failed = try SmallSweep.read(folder.state) { try $0.units(in: .failed) }
      let name = URL(filePath: file).lastPathComponent
      campaign.check(
        !failed.isEmpty && failed.allSatisfy { $0.errorText?.isEmpty == false },
        "nothing failed, or without a word")
      campaign.check(
        failed.contains { $0.errorText?.contains(name) == true }
          || failed.contains { $0.errorText?.contains("digest") == true },
        "\(name) is not named: \(failed.first?.errorText ?? "")")
      // Put back, everything goes on from where it stands.
      try bytes.write(to: URL(filePath: file))
      _ = try RealSweep.p2p(["retry", "all"], folder.state)
      let next = try DaemonUnderTest(folder.state, ["--embedded"])
      let end = await next.ended(within: 120)
      campaign.check(end == 0, "p2pd ended with \(end ?? -1): \(next.log.text.suffix(1000))")
      try await Self.sweep.judge(folder.state, &campaign, attempts: nil)
    }
    try campaign.conclude("a clear failure and no crash; put back, every output equal")
  }

  /// One of the model's files of weights, with its bytes.
  private static func weights(of model: String, _ campaign: inout Campaign) throws -> (
    String, Data
  ) {
    let files = FileManager.default.enumerator(atPath: model)?.compactMap { $0 as? String } ?? []
    let weights = files.filter { $0.hasSuffix(".safetensors") }.sorted()
    guard let chosen = weights.randomElement(using: &campaign.random) else {
      throw FaultTrouble("\(model) has no weights")
    }
    let path = "\(model)/\(chosen)"
    return (path, try Data(contentsOf: URL(filePath: path)))
  }
}
