import EditJobs
import Foundation
import JobStore
import ResultFiles
import Testing

/// A sweep of older numerics that was killed half-way goes on under the programs of today.
@Suite(.serialized) struct UpgradeTests {
  private static let old = Numerics(revision: Numerics.currentRevision - 1)
  private static let steps = 12

  private func submission(_ numerics: Numerics) throws -> Submission {
    SmallSweep.submission(
      facts: try ResumeTests.facts.get(), folder: ResumeTests.model,
      prompt: "a red circle on a white background", variants: 4, steps: Self.steps, seed: 7,
      numerics: numerics)
  }

  /// The table and the results as a daemon of older numerics left them that was killed: the source and
  /// one variant done, another at step 5 under a token, two waiting.
  private func leaveHalfDone(_ folder: StateFolder, like calm: StateFolder) throws -> Submission {
    let (old, new) = (try submission(Self.old), try submission(Numerics()))
    let (from, to) = (ResultFolder(calm.results), ResultFolder(folder.results))
    try folder.create()
    try to.create()
    let store = try JobStore(folder, revision: Self.old.revision)
    defer { try? store.close() }
    _ = try store.enqueue(old, owner: getuid(), now: 1)
    func claim() throws -> ClaimedOrder {
      try #require(try store.claim(place: "local/cpu0", now: 2) { _, _ in 1 })
    }
    let source = try claim()
    let manifest = try OtherNumerics.finished(
      from.source(new.sources[0].key), as: to.source(source.sourceKey), fingerprint: Self.old.text)
    try store.finish(source.sourceKey, token: source.token, manifest: manifest, now: 3)
    // Maps of other numerics lie about, too.
    try FileManager.default.removeItem(atPath: to.source(source.sourceKey).maps)
    try FileManager.default.copyItem(
      atPath: from.source(new.sources[0].key).maps, toPath: to.source(source.sourceKey).maps)
    let first = try claim()
    #expect(first.units.map(\.key) == [old.variants[0].key])
    try store.finish(
      first.units[0].key, token: first.token,
      manifest: try OtherNumerics.finished(
        from.variant(new.variants[0].key), as: to.variant(first.units[0].key),
        fingerprint: Self.old.text), now: 4)
    let second = try claim()
    try OtherNumerics.trajectory(
      of: from.variant(new.variants[1].key), as: to.variant(second.units[0].key),
      fingerprint: Self.old.text, last: 5)
    try store.progress(
      [
        UnitProgress(
          key: second.units[0].key, token: second.token, step: 5, evaluations: 10, ms: 5)
      ], now: 5)
    return old
  }

  @Test func everyOutputIsThatOfAFreshRun() async throws {
    let (calm, folder) = (try TemporaryFolder(), try TemporaryFolder())
    try SmallSweep.enqueue(try submission(Numerics()), calm.state)
    let undisturbed = try DaemonUnderTest(calm.state, ["--embedded"])
    #expect(await undisturbed.ended(within: 120) == 0, "\(undisturbed.log.text)")
    let expected = try RealSweep.digests(calm.state)

    let old = try leaveHalfDone(folder.state, like: calm.state)
    let before = try RealSweep.digests(folder.state)
    // Whoever comes first upgrades it, whole or not at all.
    let killed = try RealSweep.p2p(
      ["status"], folder.state, environment: ["P2P_CRASH": "renew-commit.before:1"])
    #expect(killed.status == SIGKILL)
    let daemon = try DaemonUnderTest(folder.state, ["--embedded"])
    #expect(await daemon.ended(within: 120) == 0, "\(daemon.log.text)")
    #expect(daemon.log.text.contains("4 queued units of older numerics begin anew"))
    #expect(try RealSweep.p2p(["status"], folder.state).errors.isEmpty)

    let found = try RealSweep.digests(folder.state)
    for (path, digest) in before { #expect(found[path] == digest, "\(path) was touched") }
    let new = try submission(Numerics())
    let skipped = "variants/" + new.variants[0].key.description
    for (path, digest) in expected where !path.contains(new.variants[0].key.description) {
      #expect(found[path] == digest, "\(path) is not that of a fresh run")
    }
    #expect(!found.keys.contains { $0.hasPrefix(skipped) })
    #expect(
      Set(found.keys)
        == Set(before.keys).union(
          expected.keys.filter { !$0.contains(new.variants[0].key.description) }))

    let cells = try SmallSweep.read(folder.state) { try $0.cells(.sweep(1)) }
    #expect(cells.allSatisfy { $0.state == .done })
    #expect(
      cells.map(\.variant.key) == [old.variants[0].key] + new.variants.dropFirst().map(\.key))
    let page = "\(folder.state.results)/sweeps/small-1"
    for name in ["grid.png", "index.html", "results.csv"] {
      #expect(FileManager.default.fileExists(atPath: "\(page)/\(name)"), "\(name)")
    }
    let html = try String(contentsOfFile: "\(page)/index.html", encoding: .utf8)
    for numerics in [Self.old, Numerics()] {
      #expect(html.contains("\(numerics.text) numerics"), "the page tells the sources apart")
    }
  }
}
