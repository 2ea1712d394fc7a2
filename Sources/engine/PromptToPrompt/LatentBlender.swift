import EditJobs
import RunMeasures
import StableDiffusion
import Tensors

/// Puts the source's latents of a step back where a variant is not to differ from them (local blend).
struct LatentBlender {
  private let setting: SourceSetting
  private let latents: Tensor
  private let sums: [Float]

  /// Takes the source's record at the end of the step.
  init(_ setting: SourceSetting, source: TrajectoryRecord) {
    self.setting = setting
    latents = setting.backend.upload(source.latents, shape: setting.latentShape)
    sums = source.sums
  }

  /// Blends a unit that has the step behind it: its latents where the mask is open, else the source's.
  ///
  /// A select, not arithmetic: latents keep their bits. The solver's memory stays the unit's own, as
  /// in the published code.
  func blend(_ unit: inout UnitRun, _ plan: EditPlan, step: Int) {
    guard let blend = plan.edit.blend, plan.blends(step: step) else { return }
    let local = LocalBlend(blend, sums: setting.sumShape, latents: setting.latentShape)
    let mask = local.mask(source: sums, variant: setting.backend.download(unit.sum.value))
    let gates = setting.backend.upload(mask.gates, shape: [mask.rows, mask.columns])
    unit.run.latents = setting.backend.select(gates, unit.run.latents, latents)
  }
}
