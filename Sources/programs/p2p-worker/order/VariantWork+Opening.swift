import EditJobs
import PromptToPrompt
import ResultFiles

extension VariantWork {
  /// Opens what waits for no trunk of this order.
  func openWhatCanBegin() {
    let hereafter = Set(waiting.map(\.key)).union(standing.keys)
    let (now, later) = (
      waiting.filter { !waits($0, for: hereafter) }, waiting.filter { waits($0, for: hereafter) }
    )
    waiting = later
    for variant in now { standing[variant.key] = open(variant) }
  }

  /// Opens a variant at the pass where it goes on; reports what is done already and what cannot.
  func open(_ variant: WorkOrder.Variant) -> StandingVariant? {
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
      return StandingVariant(
        attempt: attempt,
        lane: VariantBatch.Lane(key: variant.key, plan: plan, context: prompt, unit: unit))
    } catch {
      context.report.failed(variant.key, UnitFailure(error))
      return nil
    }
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
}
