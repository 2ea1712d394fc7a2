import EditJobs
import Foundation
import ResultFiles
import Testing

/// What a trajectory is said to take before it runs, against the file.
@Suite(.serialized) struct RecordSizeTests {
  @Test(arguments: SamplerKind.allCases) func theFormulaFitsTheFile(_ sampler: SamplerKind) throws {
    let results = WorkerResults()
    let facts = try Inspected.facts()
    var spec = try WorkerResults.source()
    (spec.sampler, spec.steps) = (sampler, 6)
    let order = WorkOrder(
      token: 1, model: WorkerProcess.model, results: results.folder.path, sourceKey: spec.key,
      source: spec)
    #expect(try results.run(order).status == 0)
    let unit = results.folder.source(spec.key)
    let file = try FileManager.default.attributesOfItem(atPath: unit.trajectory)
    let bytes = try #require(file[.size] as? Int64)
    let size = TrajectorySize(spec, facts, isSource: true)
    #expect(size.records == sampler.passes(steps: 6) + 1)
    #expect(bytes <= size.bytes)
    // A sampler that remembers k tensors has fewer of them in its first passes: at most k in the first,
    // one less in each that follows, and PLMS forgets one again. Their names are short.
    let remembered = Int64(sampler.rememberedLatents)
    let latents = Int64(4 * facts.latentChannels * (64 / facts.vaeFactor) * (64 / facts.vaeFactor))
    let missing = remembered * (remembered + 1) / 2 + (sampler == .pndm ? 1 : 0)
    #expect(size.bytes - bytes <= missing * (latents + 64) + Int64(size.records) * remembered * 64)
    #expect(size.bytes - bytes < size.record * Int64(max(remembered, 1)))
  }

  /// Channels are counted, not taken to be four.
  @Test func channelsCount() throws {
    var facts = try Inspected.facts()
    let spec = try WorkerResults.source()
    let four = TrajectorySize(spec, facts, isSource: true)
    #expect(facts.latentChannels == 4)
    facts.latentChannels = 16
    let positions = Int64(64 / facts.vaeFactor * (64 / facts.vaeFactor))
    #expect(
      TrajectorySize(spec, facts, isSource: true).record - four.record == 12 * 4 * positions)
  }
}
