import EditJobs
import Foundation
import JobStore
import Testing

/// Shared steps run once and change no byte, through the built programs.
@Suite(.serialized) struct TreeTests {
  static let taus = ["0.2", "0.4", "0.6", "0.8"]
  /// Where a tau's gate closes.
  static func step(_ tau: String) -> Int {
    Int((Double(tau) ?? 0) * Double(RealSweep.steps) + 1e-9)
  }

  static func sweep(_ name: String, taus: [String]) -> [String] {
    ["sweep", "--name", name, "--no-reprompt"] + RealSweep.request + RealSweep.edit + [
      "--tau", taus.joined(separator: ","),
    ]
  }

  /// Source and tree with guidance: 2·S + 2·(S + Σ_{k<K}(S − n_k)).
  static func evaluations(_ taus: [String]) -> Int {
    let saved = taus.map(step).sorted().dropLast().reduce(0) { $0 + RealSweep.steps - $1 }
    return 2 * RealSweep.steps + 2 * (RealSweep.steps + saved)
  }

  @Test func aSweepOfTausCostsItsTreeAndEveryVariantIsAsIfAlone() async throws {
    let folder = try TemporaryFolder()
    let ledger = Ledger(path: "\(folder.path)/evaluations")
    try await run(Self.sweep("tree", taus: Self.taus), folder.state, ledger)
    #expect(ledger.evaluations == Self.evaluations(Self.taus))

    // The grid grows by a value in between, which costs what comes after its fork.
    let before = ledger.evaluations
    try await run(["sweep", "--grow", "tree", "--tau", "0.65"], folder.state, ledger)
    #expect(ledger.evaluations - before == 2 * (RealSweep.steps - Self.step("0.65")))
    let axis = try SmallSweep.read(folder.state) { try $0.sweep(1).axes.map(\.values) }
    #expect(axis == [["0.2", "0.4", "0.6", "0.65", "0.8"]])
    let columns = try SmallSweep.read(folder.state) { try $0.sweep(1).cells.map(\.column) }
    #expect(columns == [0, 1, 2, 3, 4])
    let page = try String(
      contentsOfFile: try RealSweep.file("sweep.yaml", sweep: "tree", folder.state),
      encoding: .utf8)
    #expect(page.contains("0.65"))

    // The same again, or what others made, runs nothing.
    let whole = ledger.evaluations
    try await run(["sweep", "--grow", "tree", "--tau", "0.65"], folder.state, ledger)
    try await run(Self.sweep("part", taus: ["0.4", "0.65"]), folder.state, ledger)
    #expect(ledger.evaluations == whole)

    let shared = try RealSweep.digests(folder.state)
    for tau in Self.taus + ["0.65"] {
      let alone = try TemporaryFolder()
      let own = Ledger(path: "\(alone.path)/evaluations")
      try await run(Self.sweep("alone", taus: [tau]), alone.state, own)
      #expect(own.evaluations == 4 * RealSweep.steps)
      for (file, digest) in try RealSweep.digests(alone.state) {
        #expect(shared[file] == digest, "\(file) of tau \(tau) differs from its run alone")
      }
    }
  }

  private func run(_ sweep: [String], _ folder: StateFolder, _ ledger: Ledger) async throws {
    let submitted = try RealSweep.p2p(sweep, folder)
    #expect(submitted.status == 0, "\(submitted.errors)")
    let daemon = try DaemonUnderTest(folder, ["--embedded"], environment: ledger.environment)
    let status = await daemon.ended(within: 240)
    #expect(status == 0, "\(daemon.log.text)")
  }
}
