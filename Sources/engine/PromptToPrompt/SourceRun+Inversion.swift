import EditJobs
import Layers
public import RunMeasures
import StableDiffusion
import Tensors

/// A source that begins at a photograph: its inversion, and the run that follows it.
///
/// Records −S … 0 are the inversion: −S the photograph's latents, 0 the noise from which the run goes
/// on. Record −k has the noise level of record k.
extension SourceRun {
  /// One step of the inversion, under the source prompt and without guidance. Rounding belongs to the
  /// site, here too.
  func invert(_ next: inout UnitRun) -> PassResult {
    let control = SourceControl(
      setting.catalogue, precision: setting.spec.maps, averages: false,
      backend: setting.backend)
    next.run.latents = setting.denoiser.invert(
      unit.run.latents, context: context.conditional, pass: -unit.pass - 1, control: control)
    return PassResult(
      position: PassPosition(pass: unit.pass, step: unit.pass), evaluations: 1)
  }

  /// One pass of a direct inversion: the conditional branch is evaluated for its maps alone, and the
  /// latents become those that the inversion had at this noise level.
  func follow(
    _ next: inout UnitRun, _ position: PassPosition, _ control: SourceControl
  ) -> Int {
    _ = setting.denoiser.evaluateConditional(
      [unit.run.latents], contexts: [context.conditional], pass: position.pass, control: control)
    next.run.latents = trail[setting.spec.inversionSteps - position.pass - 1]
    return 1
  }
}

extension SourceSetting {
  /// A source before the first step of its inversion: the latents of its photograph.
  ///
  /// - Parameter planes: the photograph at the source's size, (3, height, width) in 0…1.
  /// - Throws: `ModelError` and `SafetensorsError` where the encoder cannot be loaded.
  public func photograph(_ planes: [Float]) throws -> UnitRun {
    let picture = backend.upload(planes, shape: [3, spec.height, spec.width])
    let latents = try model.loadEncoder().encode(picture, on: backend)  // (C, h, w)
    return begin(latents: backend.download(latents), pass: -spec.inversionSteps)
  }

  /// The latents that a run which follows its inversion still needs, from the photograph's on, as far as
  /// its records reach; empty for other runs.
  public func trail(in run: any RecordedRun) -> [[Float]] {
    guard spec.photograph?.inversion == .direct, let last = run.pass else { return [] }
    return (-spec.inversionSteps...min(last, 0)).compactMap { run.latents($0) }
  }
}
