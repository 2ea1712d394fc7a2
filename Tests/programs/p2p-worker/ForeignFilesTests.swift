import EditJobs
import Foundation
import ResultFiles
import Testing

/// Files of other arithmetic under a key of ours: nothing is made from them.
@Suite(.serialized) struct ForeignFilesTests {
  private static let other = Numerics(revision: Numerics.currentRevision - 1).text

  /// The undisturbed source in a folder of its own.
  private func source() throws -> WorkerResults {
    let results = WorkerResults()
    try results.folder.create()
    let (from, to) = (try Undisturbed.results().source(), try results.source())
    try FileManager.default.copyItem(atPath: from.path, toPath: to.path)
    return results
  }

  private func evaluations(_ events: [HeardEvent]) -> Int {
    events.reduce(0) { $0 + ($1.evaluations ?? 0) }
  }

  /// Its manifest is right to the byte; only the header says whose bits they are.
  @Test func aSourceOfOtherNumericsIsMissingAndRunsAnew() throws {
    let results = try source()
    let edit = try Undisturbed.edits()[0]
    let unit = try results.source()
    _ = try OtherNumerics.finished(unit, as: unit, fingerprint: Self.other)
    try Manifest.verify(unit)
    let refused = try results.run(try results.order([edit]))
    let failed = try #require(refused.events.first { $0.event == .failed })
    #expect(failed.code == "source-missing" && failed.transient == true)
    #expect(evaluations(refused.events) == 0)

    let again = try results.run(try results.order())
    #expect(again.status == 0)
    #expect(evaluations(again.events) == 2 * WorkerResults.steps, "it began at its first step")
    try expectEqual(unit, try Undisturbed.results().source())
    #expect(try results.run(try results.order([edit])).status == 0)
    try expectEqual(try results.variant(edit), try Undisturbed.results().variant(edit))
  }

  /// Nothing of a finished variant is asked for its source's numerics.
  @Test func aFinishedVariantNeedsNoSource() throws {
    let results = try source()
    let edit = try Undisturbed.edits()[0]
    #expect(try results.run(try results.order([edit])).status == 0)
    let unit = try results.variant(edit)
    let manifest = try OtherNumerics.finished(unit, as: unit, fingerprint: Self.other)
    let run = try results.run(try results.order([edit]))
    #expect(run.events.first { $0.event == .done }?.manifest == manifest)
    #expect(evaluations(run.events) == 0)
  }

  @Test func mapsOfOtherNumericsAreMadeAgain() throws {
    let results = try source()
    let edit = try Undisturbed.edits()[0]
    let unit = try results.source()
    let passes = 0..<WorkerResults.steps
    for pass in passes.dropFirst(3) {
      let path = unit.maps(pass: pass)
      var bytes = try Data(contentsOf: URL(filePath: path))
      let place = try #require(bytes.range(of: Data("\"\(Numerics().text)\"".utf8)))
      bytes.replaceSubrange(place, with: Data("\"\(Self.other)\"".utf8))
      try bytes.write(to: URL(filePath: path))
      #expect(throws: MapDamage.self) {
        try MapFile(source: unit, pass: pass, numerics: Numerics().text)
      }
    }
    let run = try results.run(try results.order([edit]))
    #expect(run.status == 0)
    #expect(evaluations(run.events) == 2 * passes.count + passes.count - 3)
    try expectEqual(try results.variant(edit), try Undisturbed.results().variant(edit))
  }

  /// A trunk's records are copied under the fork's header only where they are of its arithmetic.
  @Test func aTrunkOfOtherNumericsIsMissing() throws {
    let results = try source()
    let (trunk, fork) = (try WorkerResults.edit(tau: 10), try WorkerResults.edit(tau: 3))
    let order = try results.order(
      [fork], trunks: [0: WorkOrder.Trunk(key: results.variant(trunk).key, step: 3)])
    try OtherNumerics.trajectory(
      of: results.source(), as: try results.variant(trunk), fingerprint: Self.other)
    let run = try results.run(order)
    #expect(run.events.first { $0.event == .failed }?.code == "trunk-missing")
  }
}
