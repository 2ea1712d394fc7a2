import EditJobs
import Layers
import PromptToPrompt
import StableDiffusion

/// The runs that a measurement consists of: a source, a source whose maps are kept, and variants.
struct BenchRuns {
  private static let lanes = 4

  private let engine: Engine
  private let setting: SourceSetting
  private let context: LaneContext
  private let steps: Int

  /// Prepares runs of one warm-up step and `steps` more, with guidance.
  init(_ engine: Engine, steps: Int, height: Int, width: Int) throws {
    (self.engine, self.steps) = (engine, steps)
    let spec = SourceSpec(
      model: engine.digest, prompt: "a photo", seed: 0, steps: steps + 1, guidance: 7.5,
      width: width, height: height, numerics: engine.numerics)
    setting = try SourceSetting(spec, model: engine.model)
    context = LaneContext(
      conditional: try engine.encode(spec.prompt, name: "prompt"),
      unconditional: try engine.prompts.encodeNegative(""))
  }

  /// Measures all kinds of steps.
  func report(threads: Int) throws -> BenchReport {
    let spec = setting.spec
    let estimate = try setting.model.description.estimate(height: spec.height, width: spec.width)
    func row(_ name: String, lanes: Int, _ pass: () throws -> Void) throws -> BenchReport.Row {
      try pass()
      let start = ContinuousClock.now
      for _ in 0..<steps { try pass() }
      let seconds = start.duration(to: .now) / .seconds(1) / Double(steps)
      let operations =
        2.0 * Double(estimate.multiplyAdds) * Double(setting.evaluations(lanes: lanes))
      return BenchReport.Row(
        name: name, lanes: lanes, secondsPerGuidedStep: seconds / Double(lanes),
        gflops: operations / seconds / 1e9)
    }
    var plain = SourceRun(setting, context: context)
    var recording = SourceRun(setting, context: context)
    let maps = KeptMaps()
    var batch = VariantBatch(setting, lanes: try (0..<Self.lanes).map(lane), maps: maps)
    return BenchReport(
      model: setting.model.description.folder, height: spec.height, width: spec.width,
      threads: threads, cpu: engine.cpu, steps: steps,
      rows: [
        try row("source", lanes: 1) { _ = try plain.advance(keepingMaps: false) },
        try row("source, recording maps", lanes: 1) {
          let result = try recording.advance(keepingMaps: true)
          maps.tables.append(result.maps)
        },
        try row("\(Self.lanes) lanes, injecting", lanes: Self.lanes) { _ = try batch.advance() },
      ])
  }

  private func lane(_ number: Int) throws -> VariantBatch.Lane {
    let whole = StepWindow(0, steps + 1)
    let edit = ResolvedEdit(
      prompt: "lane \(number)", method: .none, steps: steps + 1, textLength: setting.textLength,
      mapper: .identity, cross: whole, selfWindow: whole)
    return VariantBatch.Lane(
      key: edit.key(source: setting.spec.key),
      plan: try EditPlan(edit, source: setting.spec, textLength: setting.textLength),
      context: context, unit: setting.noise())
  }
}

/// A source's maps in memory.
private final class KeptMaps: MapProvider {
  var tables: [MapTable] = []

  func maps(at position: PassPosition, sites: [AttentionSite]) throws -> MapSupply {
    MapSupply(maps: tables[position.pass], evaluations: 0)
  }
}
