public import EditJobs
public import Layers
public import StableDiffusion
import Tensors

/// A source's run, one pass at a time. It saves nothing: the caller does, between passes.
public struct SourceRun {
  /// What one pass gave beside the unit's new state.
  public struct PassResult {
    /// The pass that was made.
    public var position: PassPosition
    /// The conditional branch's maps at the injectable sites, as the store holds them; empty where
    /// they were not asked for.
    public var maps: MapTable
    /// Rows that were evaluated through the UNet.
    public var evaluations: Int
  }

  /// What source and variants share.
  public let setting: SourceSetting
  /// Where the run stands: what the next record holds.
  public private(set) var unit: UnitRun
  private let context: LaneContext

  /// Begins at the noise, or goes on from a unit that was read from a record.
  ///
  /// `context` has the source prompt and the negative prompt.
  public init(_ setting: SourceSetting, context: LaneContext, from unit: UnitRun? = nil) {
    (self.setting, self.context) = (setting, context)
    self.unit = unit ?? setting.noise()
  }

  /// Whether all passes are done.
  public var isComplete: Bool { unit.pass >= setting.passes }

  /// Makes one pass; not to be called when all are done.
  ///
  /// - Parameter keepingMaps: whether the maps of the injectable sites are returned.
  /// - Throws: `nan-in-latents`; the run then stands where it stood.
  public mutating func advance(keepingMaps: Bool) throws(EditError) -> PassResult {
    precondition(!isComplete, "the run is complete")
    let position = setting.denoiser.position(unit.pass)
    let control = SourceControl(
      setting.catalogue, precision: setting.spec.maps,
      kept: keepingMaps ? Set(setting.catalogue.injectable.map(\.site)) : [],
      backend: setting.backend)
    var (next, runs) = (unit, [unit.run])
    let evaluations = setting.denoiser.advance(&runs, contexts: [context], control: control)
    next.run = runs[0]
    next.injected = InjectionReport()
    if setting.denoiser.sampler.completesStep(position.pass), let mean = control.meanMaps {
      next.sum.complete(mean, on: setting.backend)
    }
    try next.checkFinite(setting)
    unit = next
    return PassResult(position: position, maps: control.maps, evaluations: evaluations)
  }
}
