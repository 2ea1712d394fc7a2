import EditJobs
import Files
import PromptToPrompt
import ResultFiles
import StableDiffusion

/// Runs an order's variants: those that stand at the same pass in lock-step, batch after batch.
final class VariantWork {
  /// A variant whose folder is open and which stands at a pass.
  struct Standing {
    var attempt: UnitAttempt
    var lane: VariantBatch.Lane
  }

  let context: OrderContext
  let limit: Int
  let maps: SourceMaps
  var trajectory: SourceTrajectory { context.trajectory }
  /// Not opened yet: their trunk is in this order and has not reached the fork.
  var waiting: [WorkOrder.Variant]
  var standing: [Key: Standing] = [:]
  /// What ended the order: the model's files are not those that were loaded.
  var modelError: (any Error)?

  /// Throws `source-missing` (transient) where the source's files do not verify.
  init(_ context: OrderContext) throws {
    (self.context, waiting) = (context, context.order.variants)
    let (source, setting) = (context.source, context.setting)
    guard UnitAttempt.published(source, context.engine.fingerprint) != nil else {
      throw SourceTrajectory.missing(source)
    }
    limit = try context.engine.lanes(setting)
    let prompt = try context.context(
      context.order.source.prompt, unit: source.key, name: "prompt")
    maps = SourceMaps(
      stored: StoredMaps(setting, source: source),
      recomputed: RecomputedMaps(
        setting, context: prompt.conditional, latents: context.trajectory.latents))
  }

  /// Runs until every unit is settled or the worker is to stop.
  func run() {
    while !context.isStopping, modelError == nil {
      openWhatCanBegin()
      guard let pass = standing.values.map(\.lane.unit.pass).min() else { break }
      let group = context.order.units.compactMap { standing[$0] }
        .filter { $0.lane.unit.pass == pass }.prefix(limit)
      for member in group { standing[member.lane.key] = nil }
      LaneGroup(self, Array(group)).run()
    }
    for key in context.report.open { leave(key) }
    if !maps.missedPasses.isEmpty {
      Log.write(
        "maps of \(maps.missedPasses.count) passes of \(context.order.sourceKey.short) were made again"
      )
    }
  }

  /// Opens a variant at the pass where it goes on; reports what is done already and what cannot.
  func open(_ variant: WorkOrder.Variant) -> Standing? {
    let folder = context.results.variant(variant.key)
    if context.takesDrop(of: variant.key) {
      context.report.dropped(variant.key)
      return nil
    }
    if let manifest = UnitAttempt.published(folder, context.engine.fingerprint) {
      context.report.done(variant.key, manifest: manifest)
      return nil
    }
    do {
      let plan = try EditPlan(
        variant.edit, source: context.order.source, textLength: context.setting.textLength)
      let prompt = try context.context(
        variant.edit.prompt, unit: variant.key, name: "edit prompt")
      let attempt = try UnitAttempt(
        folder, context,
        trunk: variant.trunk.map {
          (context.results.variant($0.key).trajectory, context.pass(atStep: $0.step))
        })
      let unit = try attempt.begin(context)
      return Standing(
        attempt: attempt,
        lane: VariantBatch.Lane(key: variant.key, plan: plan, context: prompt, unit: unit))
    } catch {
      context.report.failed(variant.key, UnitFailure(error))
      return nil
    }
  }

  private func openWhatCanBegin() {
    let hereafter = Set(waiting.map(\.key)).union(standing.keys)
    let (now, later) = (
      waiting.filter { !waits($0, for: hereafter) }, waiting.filter { waits($0, for: hereafter) }
    )
    waiting = later
    for variant in now { standing[variant.key] = open(variant) }
  }

  /// Whether a variant's trunk will run in this order, and its own file does not reach the fork.
  private func waits(_ variant: WorkOrder.Variant, for units: Set<Key>) -> Bool {
    guard let trunk = variant.trunk, units.contains(trunk.key) else { return false }
    let fork = context.pass(atStep: trunk.step)
    return [variant.key, trunk.key].allSatisfy {
      let path = context.results.variant($0).trajectory
      let standing = TrajectoryReader.standingPasses(
        path: path, fingerprint: context.engine.fingerprint)
      return (standing ?? -1) < fork
    }
  }

  /// The order ends before a unit is settled: left where it stands, or never split from its trunk.
  private func leave(_ key: Key) {
    let pass = standing[key]?.lane.unit.pass
    let step = pass.map { context.step(after: $0) }
    if context.isStopping { return context.report.dropped(key, pass: pass, step: step) }
    if let modelError {
      return context.report.failed(key, UnitFailure(modelError), pass: pass, step: step)
    }
    let error = EditError(
      "trunk-missing", .temporary, "\(key.short) waits for a trunk that did not reach the fork")
    context.report.failed(key, UnitFailure(error))
  }
}
