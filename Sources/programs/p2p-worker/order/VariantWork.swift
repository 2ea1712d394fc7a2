import EditJobs
import Files
import PromptToPrompt
import ResultFiles
import StableDiffusion

/// Runs an order's variants: those that stand at the same pass in lock-step, group after group.
///
///     waiting ──▶ standing ──▶ lane ──▶ done, dropped or failed
///        └──── at a fork ───────▲
///
/// A variant waits while its trunk is in this order and has not reached the fork; it stands when its
/// folder is open; it is a lane while it runs. Whatever is left when the order ends is settled then.
final class VariantWork {
  let context: OrderContext
  private let limit: Int
  private let maps: SourceMaps
  var waiting: [WorkOrder.Variant]
  var standing: [Key: StandingVariant] = [:]
  /// The lanes.
  var group: LaneGroup
  /// What ended the order: the model's files are not those that were loaded.
  private var modelError: (any Error)?

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
      setting, store: StoredMaps(source, numerics: setting.spec.fingerprint),
      recomputed: RecomputedMaps(
        setting, context: prompt.conditional, latents: context.trajectory.latents))
    group = LaneGroup(context, maps: maps)
  }

  /// Runs until every unit is settled or the worker is to stop.
  func run() {
    while !context.isStopping, modelError == nil {
      openWhatCanBegin()
      guard let pass = standing.values.map(\.lane.unit.pass).min() else { break }
      takeStanding(at: pass)
      runLanes()
    }
    for key in context.report.open { settle(key) }
    if !maps.missedPasses.isEmpty {
      Log.write(
        "maps of \(maps.missedPasses.count) passes of \(context.order.sourceKey.short) were made again"
      )
    }
  }

  /// Runs until all lanes are settled, or the worker is to stop.
  private func runLanes() {
    while true {
      if let pass = group.pass, context.isStepEdge(pass), !goesOn(at: pass) { return }
      if group.isComplete { break }
      advance()
    }
    // What a step held and what decoding holds need not be there at a time.
    context.engine.trim()
    for lane in group.lanes { publish(lane) }
    group = LaneGroup(context, maps: maps)
    context.engine.trim()
  }

  /// At a step edge: leaves what is not wanted and takes in what stands here, or ends all lanes.
  private func goesOn(at pass: Int) -> Bool {
    if context.isStopping {
      for lane in group.lanes { leave(lane) }
      return false
    }
    do { try context.engine.watch.check() } catch {
      modelError = error
      failAll(error)
      return false
    }
    for lane in group.lanes where context.takesDrop(of: lane.key) { leave(lane) }
    takeStanding(at: pass)
    splitForks(at: pass)
    return true
  }

  /// Standing → lane: the order's units that stand at a pass, as long as there is room.
  private func takeStanding(at pass: Int) {
    for key in context.order.units where group.lanes.count < limit {
      guard let variant = standing[key], variant.lane.unit.pass == pass else { continue }
      standing[key] = nil
      group.add(variant)
    }
  }

  /// Waiting → lane, or standing: forks whose trunk is a lane part from it where they are to, as long as
  /// there is room.
  private func splitForks(at pass: Int) {
    for variant in waiting {
      guard let trunk = variant.trunk, group[trunk.key] != nil,
        context.pass(atStep: trunk.step) == pass, group.lanes.count < limit
      else { continue }
      waiting.removeAll { $0.key == variant.key }
      guard let opened = open(variant) else { continue }
      if opened.lane.unit.pass == pass {
        group.add(opened)
      } else {
        standing[variant.key] = opened
      }
    }
  }

  /// The order ends before a unit is settled: left where it stands, or never split from its trunk.
  private func settle(_ key: Key) {
    let place = standing[key].map { context.place(after: $0.lane.unit.pass) }
    if context.isStopping { return context.report.dropped(key, at: place) }
    if let modelError { return context.report.failed(key, UnitFailure(modelError), at: place) }
    let error = EditError(
      "trunk-missing", .temporary, "\(key.short) waits for a trunk that did not reach the fork")
    context.report.failed(key, UnitFailure(error))
  }
}
