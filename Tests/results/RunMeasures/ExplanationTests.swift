import EditJobs
import ResultFiles
import RunMeasures
import Testing

/// What trajectories tell of a run.
@Suite struct ExplanationTests {
  private let results: TemporaryResults
  init() throws { results = try TemporaryResults() }

  /// A run of some passes; latents and sums grow by `latent` and `sum` a pass.
  private func run(
    _ unit: UnitFolder, passes: Int, latent: Float, sum: Float, injected: (Int) -> [UInt32]
  ) throws -> TrajectoryReader {
    let writer = try TrajectoryWriter(unit, .small(unit.key, passes: passes))
    for pass in 0...passes {
      try writer.append(
        TrajectoryRecord(
          pass: pass, latents: Array(repeating: latent * Float(pass), count: 4),
          sums: [0.5 * Float(pass), sum * Float(pass)],
          injected: pass == 0 ? [0, 0] : injected(pass)))
    }
    try writer.sync()
    return try TrajectoryReader(path: unit.trajectory)
  }

  private func edit(_ steps: Int, cross: StepWindow, blend: ResolvedBlend? = nil) -> ResolvedEdit {
    ResolvedEdit(
      prompt: "a dog", method: .refine, steps: steps, textLength: 2,
      mapper: .refine(sources: [0, nil]), cross: cross, selfWindow: StepWindow(0, 1), blend: blend)
  }

  @Test func stepsAreToldOneByOne() throws {
    let source = try run(try results.source("s"), passes: 3, latent: 1, sum: 0.5) { _ in [0, 0] }
    let variant = try run(try results.variant("v"), passes: 3, latent: 1.5, sum: 0.75) { pass in
      pass < 3 ? [2, pass == 1 ? 16 : 0] : [0, 0]
    }
    let edit = edit(
      3, cross: StepWindow(0, 2), blend: ResolvedBlend(source: [1], edit: [1], start: 1))
    let run = try #require(
      RunExplanation(edit, sampler: .ddim, source: source, variant: variant))
    #expect(run.isComplete)
    #expect(
      run.steps.map(\.injected) == [
        ["down.0.cross": 2, "down.0.self": 16], ["down.0.cross": 2], [:],
      ])
    #expect(run.injected == 20)
    #expect(run.steps.map(\.distance) == [0.5, 1, 1.5])
    #expect(run.steps.map(\.maskArea) == [nil, 1, 1])
    // A step adds 0.5 and 0.75 to the sums of the two tokens.
    #expect(run.steps.allSatisfy { $0.smallestRow == 1.25 && $0.largestRow == 1.25 })

    let groups = SiteGroup.groups(run, edit, source: Self.source, model: Self.facts)
    #expect(groups.map(\.kind) == [.cross, .selfAttention])
    #expect(groups.map(\.injected) == [2, 1])
    #expect(groups.map(\.expected) == [2, 1])
  }

  /// PLMS has one more pass than steps, and both first ones are step 0.
  @Test func passesAreStepsOfTheSampler() throws {
    let variant = try run(try results.variant("v"), passes: 3, latent: 1, sum: 0) { _ in [1, 0] }
    let run = try #require(
      RunExplanation(
        edit(2, cross: StepWindow(0, 2)), sampler: .pndm, source: nil, variant: variant))
    #expect(run.steps.map { $0.injected["down.0.cross"] } == [2, 1])
    #expect(run.isComplete)
    #expect(run.steps.allSatisfy { $0.distance == nil })
  }

  @Test func aRunInTheMiddleIsToldAsFarAsItIs() throws {
    let variant = try run(try results.variant("v"), passes: 3, latent: 1, sum: 0) { _ in [1, 0] }
    let run = try #require(
      RunExplanation(
        edit(5, cross: StepWindow(0, 2)), sampler: .ddim, source: nil, variant: variant))
    #expect(run.steps.count == 3)
    #expect(!run.isComplete)
    #expect(
      RunExplanation(
        edit(5, cross: StepWindow(0, 2)), sampler: .ddim, source: nil,
        variant: TrajectoryReader(bytes: [])) == nil)
  }

  private static let source = SourceSpec(
    model: Digest(of: "m".utf8), prompt: "a cat", seed: 1, steps: 3, guidance: 3, width: 64,
    height: 64)

  private static let facts = ModelFacts(
    digest: Digest(of: "m".utf8), family: "sd1", sizeMultiple: 8, latentChannels: 4, vaeFactor: 8,
    defaultWidth: 64,
    defaultHeight: 64, width: 64, height: 64, textLength: 2,
    sites: [
      ModelFacts.Site(
        name: AttentionSite(stage: .down, index: 1, kind: .selfAttention), rows: 8, columns: 8,
        heads: 1, keys: 64),
      ModelFacts.Site(
        name: AttentionSite(stage: .down, index: 0, kind: .cross), rows: 4, columns: 4, heads: 1,
        keys: 2),
      ModelFacts.Site(
        name: AttentionSite(stage: .down, index: 0, kind: .selfAttention), rows: 4, columns: 4,
        heads: 1, keys: 16),
    ], controlRows: 4, controlColumns: 4, laneBytes: 1, weightBytes: 1, mapBytesPerPass: 1,
    multiplyAdds: 1, tokenizer: "t")
}
