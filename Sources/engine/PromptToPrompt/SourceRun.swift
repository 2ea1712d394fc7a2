public import EditJobs
public import Files
public import Layers
public import StableDiffusion
public import Tensors

/// A source's run, one pass at a time. It saves nothing: the caller does, between passes.
public struct SourceRun {
  /// What one pass gave beside the unit's new state.
  public struct PassResult {
    /// The pass that was made.
    public var position: PassPosition
    /// Rows that were evaluated through the UNet.
    public var evaluations: Int
  }

  /// What source and variants share.
  public let setting: SourceSetting
  /// Where the run stands: what the next record holds.
  public private(set) var unit: UnitRun
  let context: LaneContext
  /// The latents of a direct inversion so far, from the photograph's on.
  private(set) var trail: [Tensor] = []

  /// Begins at the noise, or goes on from a unit that was read from a record.
  ///
  /// - Parameters:
  ///   - context: the source prompt and what the unconditional branch sees.
  ///   - unit: where a photograph's run stands (`SourceSetting.photograph`, or a record).
  ///   - trail: `SourceSetting.trail` of the file that `unit` was read from.
  public init(
    _ setting: SourceSetting, context: LaneContext, from unit: UnitRun? = nil,
    trail: [[Float]] = []
  ) {
    precondition(unit != nil || setting.spec.photograph == nil, "a photograph has no noise yet")
    (self.setting, self.context) = (setting, context)
    self.unit = unit ?? setting.noise()
    self.trail = trail.map { setting.backend.upload($0, shape: setting.latentShape) }
    if self.trail.isEmpty { remember() }
    precondition(
      !follows || self.trail.count == min(self.unit.pass, 0) + setting.spec.inversionSteps + 1,
      "the inversion's latents so far are needed")
  }

  /// Whether the run takes its latents from its inversion.
  private var follows: Bool { setting.spec.photograph?.inversion == .direct }

  /// Whether all passes are done.
  public var isComplete: Bool { unit.pass >= setting.passes }

  /// Makes one pass; not to be called when all are done.
  ///
  /// - Parameter keep: gets the conditional branch's maps at the injectable sites, as the store holds
  ///   them, each as soon as it is made, on the calling thread; a step of an inversion has none.
  /// - Throws: `nan-in-latents`; the run then stands where it stood.
  public mutating func advance(
    keeping keep: ((AttentionSite, Tensor) -> Void)? = nil
  ) throws(EditError) -> PassResult {
    precondition(!isComplete, "the run is complete")
    var next = unit
    let result = unit.pass < 0 ? invert(&next) : denoise(&next, keep)
    (next.run.pass, next.injected) = (unit.pass + 1, InjectionReport())
    try next.checkFinite(setting)
    unit = next
    if unit.pass <= 0 { remember() }
    return result
  }

  private mutating func remember() {
    if follows { trail.append(unit.run.latents) }
  }

  private func denoise(
    _ next: inout UnitRun, _ keep: ((AttentionSite, Tensor) -> Void)?
  ) -> PassResult {
    let position = setting.denoiser.position(unit.pass)
    let control = SourceControl(
      setting.catalogue, precision: setting.spec.maps,
      kept: keep == nil ? [] : Set(setting.catalogue.injectable.map(\.site)),
      backend: setting.backend, keep: keep ?? { _, _ in })
    let evaluations: Int
    if follows {
      evaluations = follow(&next, position, control)
    } else {
      var runs = [unit.run]
      evaluations = setting.denoiser.advance(&runs, contexts: [context], control: control)
      next.run = runs[0]
    }
    if setting.denoiser.sampler.completesStep(position.pass), let mean = control.meanMaps {
      next.sum.complete(mean, on: setting.backend)
    }
    return PassResult(position: position, evaluations: evaluations)
  }
}
