import EditJobs
import Foundation
import Imaging
import ResultFiles
import RunMeasures
import Testing

/// A photograph's source in the built worker: interrupted anywhere, and with a photograph that is gone.
@Suite(.serialized) struct PhotographWorkerTests {
  private static let steps = WorkerResults.steps

  /// A photograph's source over a results folder in which the photograph lies.
  private struct Rig {
    let results = WorkerResults()
    let source: SourceSpec
    let input: String

    init(_ inversion: InversionKind) throws {
      let file = RealSweep.root.appending(path: "Tests/Fixtures/photos/shapes.jpg")
      let ppm = try PhotoFile(decoding: Array(Data(contentsOf: file))).pixels.ppm
      var source = try WorkerResults.source(seed: 0)
      source.photograph = Photograph(image: Digest(of: ppm), inversion: inversion)
      self.source = source
      try results.folder.create()
      input = results.folder.input(Digest(of: ppm))
      try Data(ppm).write(to: URL(filePath: input))
    }

    var unit: UnitFolder { results.folder.source(source.key) }

    func variant(_ edit: ResolvedEdit) -> UnitFolder {
      results.folder.variant(edit.key(source: source.key))
    }

    func order(_ edits: [ResolvedEdit] = []) -> WorkOrder {
      WorkOrder(
        token: 1, model: WorkerProcess.model, results: results.folder.path,
        sourceKey: source.key, source: source,
        variants: edits.map { .init(key: $0.key(source: source.key), edit: $0) })
    }
  }

  @Test(arguments: InversionKind.allCases)
  func aKilledInversionGoesOnWithTheSameBytes(_ inversion: InversionKind) throws {
    let whole = try Rig(inversion)
    let (status, events) = try whole.results.run(whole.order())
    #expect(status == 0, "\(events)")
    let steps = events.filter { $0.event == .step }
    #expect(steps.compactMap(\.pass) == Array(1 - Self.steps...Self.steps))
    #expect(steps.compactMap(\.step) == Array(1...2 * Self.steps))
    let edits = [
      try WorkerResults.edit(tau: Self.steps, selfTau: 3),
      try WorkerResults.edit(tau: 3, blendedFrom: 2),
    ]
    #expect(try whole.results.run(whole.order(edits)).status == 0)

    let killed = try Rig(inversion)
    for pass in [2 - Self.steps, -1, 0, 1, Self.steps - 3] {
      let worker = try WorkerProcess.serve()
      try worker.send(.order(killed.order()))
      try worker.read { $0.event == .step && ($0.pass ?? 0) >= pass }
      worker.kill(with: SIGKILL)
      #expect(try worker.finish().bySignal)
      let standing = try #require(
        TrajectoryReader.standingPasses(path: killed.unit.trajectory))
      #expect(standing >= pass)
    }
    let (end, last) = try killed.results.run(killed.order())
    #expect(end == 0)
    let begun = try #require(last.first { $0.event == .begun })
    #expect(
      (begun.pass ?? 0) >= Self.steps - 3 && (begun.step ?? 0) == Self.steps + (begun.pass ?? 0))
    try expectEqual(killed.unit, whole.unit)
    // The variants alone, without the maps: made again from the records.
    try FileManager.default.removeItem(atPath: killed.unit.maps)
    for edit in edits {
      #expect(try killed.results.run(killed.order([edit])).status == 0)
      try expectEqual(killed.variant(edit), whole.variant(edit))
    }
  }

  @Test func aPhotographThatIsGoneOrChangedIsSaid() throws {
    let rig = try Rig(.direct)
    var bytes = try Data(contentsOf: URL(filePath: rig.input))
    bytes[100] ^= 1
    try bytes.write(to: URL(filePath: rig.input))
    func failure() throws -> HeardEvent? {
      try rig.results.run(rig.order()).events.first { $0.event == .failed }
    }
    let changed = try failure()
    #expect((changed?.code, changed?.transient) == ("photograph-damaged", false))
    try FileManager.default.removeItem(atPath: rig.input)
    #expect(try failure()?.code == "photograph-missing")
  }
}
