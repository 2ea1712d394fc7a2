import EditJobs
import Foundation
import PromptToPrompt
import ResultFiles
import StableDiffusion

/// The runs that a measurement consists of: a source and variants, each without a file and as orders
/// run them, with every map and checkpoint on disk.
final class BenchRuns {
  private let setting: SourceSetting
  private let context: LaneContext
  private let order: OrderContext
  private let source: SourceWork
  private let attempt: UnitAttempt
  private var plain: SourceRun
  private var written: SourceRun
  private var recording: MapRecording
  private let maps: SourceMaps
  private var lanes: VariantBatch
  private var writtenLanes: VariantBatch
  private let attempts: [UnitAttempt]

  /// Prepares runs of `passes` passes with guidance, whose files go into a results folder.
  init(
    _ engine: Engine, passes: Int, height: Int, width: Int, lanes count: Int, results: String
  ) throws {
    let spec = SourceSpec(
      model: engine.digest, prompt: "a photo", seed: 0, steps: passes, guidance: 7.5,
      width: width, height: height, compute: engine.compute, numerics: engine.numerics)
    let setting = try SourceSetting(spec, model: engine.model)
    let context = LaneContext(
      conditional: try engine.encode(spec.prompt, name: "prompt"),
      unconditional: try engine.prompts.encodeNegative(""))
    (self.setting, self.context) = (setting, context)
    let work = WorkOrder(
      token: 1, model: engine.model.description.folder, results: results, sourceKey: spec.key,
      source: spec)
    order = OrderContext(
      engine, work, setting, OrderReport(work, passes: passes, EventWriter(.nowhere)),
      CommandQueue())
    try order.results.create()
    source = SourceWork(order)
    attempt = try UnitAttempt(order.source, order)
    plain = SourceRun(setting, context: context)
    written = SourceRun(setting, context: context, from: try attempt.begin(order))
    recording = MapRecording(order, setting)
    let trajectory = order.trajectory
    maps = SourceMaps(
      setting, store: StoredMaps(order.source, numerics: setting.spec.fingerprint),
      recomputed: RecomputedMaps(
        setting, context: context.conditional, latents: trajectory.latents))
    let members = try (0..<count).map { number in
      let whole = StepWindow(0, passes)
      let edit = ResolvedEdit(
        prompt: "lane \(number)", method: .none, steps: passes, textLength: setting.textLength,
        mapper: .identity, cross: whole, selfWindow: whole)
      return VariantBatch.Lane(
        key: edit.key(source: spec.key),
        plan: try EditPlan(edit, source: spec, textLength: setting.textLength),
        context: context, unit: setting.noise())
    }
    lanes = VariantBatch(setting, lanes: members, maps: maps)
    writtenLanes = lanes
    let order = order
    attempts = try members.map { lane in
      let attempt = try UnitAttempt(order.results.variant(lane.key), order)
      _ = try attempt.begin(order)
      return attempt
    }
  }

  /// One pass of a source, nothing kept.
  func sourcePass() throws { _ = try plain.advance() }

  /// One pass of a source with its maps and its checkpoint written.
  func writtenSourcePass() throws { try source.advance(&written, &recording, attempt) }

  /// One pass of all lanes, injecting the written source's maps; nothing kept.
  func lanesPass() throws { _ = try lanes.advance() }

  /// One pass of all lanes with their checkpoints written.
  func writtenLanesPass() throws {
    let start = ContinuousClock.now
    _ = try writtenLanes.advance()
    let milliseconds = start.duration(to: .now) / .milliseconds(1)
    for (lane, attempt) in zip(writtenLanes.lanes, attempts) {
      try order.append(
        lane.unit, to: attempt, evaluations: setting.evaluations(lanes: 1),
        milliseconds: milliseconds)
    }
    try order.syncIfDue(attempts)
  }

  /// The source's picture, as far as it has come.
  func decode() { _ = setting.model.decode(plain.unit.run.latents) }

  /// A prompt's text, made anew.
  func encode() { _ = setting.model.encode(Array(repeating: 0, count: setting.textLength)) }

  /// Operations of decoding, and of encoding.
  func edgeOperations() throws -> (decode: Double, encode: Double) {
    let estimate = try estimate()
    return (2 * Double(estimate.decodeMultiplyAdds), 2 * Double(estimate.encodeMultiplyAdds))
  }

  private func estimate() throws -> ModelEstimate {
    try order.engine.estimate(height: setting.spec.height, width: setting.spec.width)
  }

  /// Operations of one pass of so many lanes: two for each multiply-add of the whole model, also of
  /// those that an injected map makes unnecessary.
  func operations(lanes: Int) throws -> Double {
    try 2 * Double(estimate().multiplyAdds) * Double(setting.evaluations(lanes: lanes))
  }
}
