import EditJobs
import Foundation
import Imaging
import ResultFiles
import RunMeasures
import Testing

/// Orders of every sampler through the program; PLMS makes one more pass than steps.
@Suite(.serialized) struct WorkerSamplerTests {
  private static let steps = 3

  private static func source(_ sampler: SamplerKind) throws -> SourceSpec {
    var spec = try WorkerResults.source()
    (spec.sampler, spec.steps) = (sampler, steps)
    return spec
  }

  /// An edit that takes the source's cross maps to `tau`, and its self maps in step 0.
  private static func edit(tau: Int) throws -> ResolvedEdit {
    ResolvedEdit(
      prompt: "a green circle on a blue background", method: .none, steps: steps,
      textLength: try Inspected.facts().textLength, mapper: .identity, cross: StepWindow(0, tau),
      selfWindow: StepWindow(0, 1))
  }

  /// The source alone, or edits of it; a trunk by the edit's place.
  private static func order(
    _ sampler: SamplerKind, _ results: WorkerResults, _ edits: [ResolvedEdit] = [],
    trunks: [Int: WorkOrder.Trunk] = [:]
  ) throws -> WorkOrder {
    let spec = try source(sampler)
    return WorkOrder(
      token: 1, model: WorkerProcess.model, results: results.folder.path, sourceKey: spec.key,
      source: spec,
      variants: edits.enumerated().map { index, edit in
        WorkOrder.Variant(key: edit.key(source: spec.key), edit: edit, trunk: trunks[index])
      }, mapsBudget: .max)
  }

  /// A source and two variants, undisturbed.
  private static func straight(_ sampler: SamplerKind, _ edits: [ResolvedEdit]) throws
    -> WorkerResults
  {
    let results = WorkerResults()
    #expect(try results.run(try order(sampler, results)).status == 0)
    for edit in edits {
      #expect(try results.run(try order(sampler, results, [edit])).status == 0)
    }
    return results
  }

  private static func expectEqualUnits(
    _ found: WorkerResults, _ expected: WorkerResults, _ sampler: SamplerKind,
    _ edits: [ResolvedEdit]
  ) throws {
    let key = try source(sampler).key
    try expectEqual(found.folder.source(key), expected.folder.source(key))
    for edit in edits {
      let unit = edit.key(source: key)
      try expectEqual(found.folder.variant(unit), expected.folder.variant(unit))
    }
  }

  @Test(arguments: SamplerKind.allCases) func eventsCountPassesAndSteps(_ sampler: SamplerKind)
    throws
  {
    let results = WorkerResults()
    let passes = sampler.passes(steps: Self.steps)
    let run = try results.run(try Self.order(sampler, results))
    let events = run.events.filter { $0.event == .step }
    #expect(run.status == 0)
    #expect(events.map(\.pass) == Array(1...passes))
    #expect(
      events.map(\.step)
        == (1...passes).map { sampler.completeSteps(after: $0, of: Self.steps) })
    #expect(events.allSatisfy { $0.of == passes && $0.evaluations == 2 })
    let source = results.folder.source(try Self.source(sampler).key)
    let maps = try FileManager.default.contentsOfDirectory(atPath: source.maps)
    #expect(maps.count == passes, "maps are stored pass by pass")

    let picture = try PNGFile(
      decoding: [UInt8](try Data(contentsOf: URL(filePath: source.picture))))
    #expect(Infotext(texts: picture.texts)?["Sampler"] == sampler.title)
    // Every record holds what the solver remembers, and no more than was said.
    let reader = try TrajectoryReader(path: source.trajectory)
    let remembered = (0...passes).compactMap { reader.record($0)?.tensors.count }
    #expect(remembered.count == passes + 1 && remembered.max() == sampler.rememberedLatents)
  }

  @Test(arguments: SamplerKind.allCases) func killedAfterAPass(_ sampler: SamplerKind) throws {
    let edits = try [Self.edit(tau: 3), Self.edit(tau: 1)]
    let straight = try Self.straight(sampler, edits)
    // One pass of the others, every pass of the one whose steps are no passes.
    for pass in sampler == .pndm ? Array(1...Self.steps) : [2] {
      let results = WorkerResults()
      try FileManager.default.createDirectory(
        atPath: results.folder.path, withIntermediateDirectories: true)
      for order in [
        try Self.order(sampler, results), try Self.order(sampler, results, edits),
      ] {
        let worker = try WorkerProcess.serve()
        try worker.send(.order(order))
        try worker.read { $0.event == .step && $0.pass == pass }
        worker.kill(with: SIGKILL)
        #expect(try worker.finish().bySignal)
        let (status, events) = try results.run(order)
        #expect(status == 0)
        #expect(events.contains { $0.event == .begun && ($0.pass ?? 0) >= pass })
      }
      try Self.expectEqualUnits(results, straight, sampler, edits)
    }
  }

  @Test func aStopWaitsForTheSecondPassOfAStep() throws {
    let edits = try [Self.edit(tau: 3)]
    let straight = try Self.straight(.pndm, edits)
    let results = WorkerResults()
    for order in [try Self.order(.pndm, results), try Self.order(.pndm, results, edits)] {
      let worker = try WorkerProcess.serve()
      try worker.send(.order(order))
      try worker.read { $0.event == .step && $0.pass == 1 }
      try worker.send(.stop)
      #expect(try worker.finish().status == 0)
      let dropped = try #require(worker.events.first { $0.event == .dropped })
      #expect((dropped.pass ?? 0) > 1 && dropped.step == (dropped.pass ?? 0) - 1)
      #expect(try results.run(order).status == 0)
    }
    try Self.expectEqualUnits(results, straight, .pndm, edits)
  }

  @Test(arguments: [1, 2]) func aForkPartsAtAStepEdge(_ step: Int) throws {
    let edits = try [Self.edit(tau: 3), Self.edit(tau: step)]
    let straight = try Self.straight(.pndm, edits)
    let key = try Self.source(.pndm).key
    let trunk = WorkOrder.Trunk(key: edits[0].key(source: key), step: step)
    let results = WorkerResults()
    try results.run(try Self.order(.pndm, results))
    let (status, events) = try results.run(
      try Self.order(.pndm, results, edits, trunks: [1: trunk]))
    #expect(status == 0)
    #expect(events.first { $0.event == .begun && $0.unit != trunk.key }?.pass == step + 1)
    try Self.expectEqualUnits(results, straight, .pndm, edits)
  }

  @Test func mapsOfTheFirstStepAreThoseOfItsSecondPass() throws {
    let results = WorkerResults()
    let order = try Self.order(.pndm, results)
    try results.run(order)
    let stored = try MapFile(
      source: results.folder.source(order.sourceKey), pass: 1, numerics: Numerics().text
    )
    .read("up.4.cross")
    let path = results.folder.path + "/m.safetensors"
    let (_, status) = try WorkerProcess([
      "maps", try results.file(order), "--step", "0", "--site", "up.4.cross", "-o", path,
    ]).outputAndStatus()
    #expect(status == 0)
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    let isEqual = Array(bytes.suffix(stored.bytes.count)) == stored.bytes
    #expect(isEqual, "the maps of pass 1")
  }
}
