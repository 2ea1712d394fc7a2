public import EditJobs
public import Layers
import StableDiffusion
import Tensors

/// Makes a source's maps again from its trajectory, with the bits that they had in its own run.
///
/// One conditional evaluation a pass serves all lanes of a batch.
public final class RecomputedMaps: MapProvider {
  private let setting: SourceSetting
  private let context: TextStates
  private let latents: (_ pass: Int) throws -> [Float]

  /// Makes a provider.
  ///
  /// - Parameters:
  ///   - context: the source prompt's text.
  ///   - latents: the source's latents (C, h, w) before a pass, from its trajectory.
  public init(
    _ setting: SourceSetting, context: TextStates,
    latents: @escaping (_ pass: Int) throws -> [Float]
  ) {
    (self.setting, self.context, self.latents) = (setting, context, latents)
  }

  /// Evaluates the source's conditional branch; throws what reading the trajectory throws.
  public func maps(at position: PassPosition, sites: [AttentionSite]) throws -> MapSupply {
    var maps: MapTable = [:]
    let control = SourceControl(
      setting.catalogue, precision: setting.spec.maps, kept: Set(sites), averages: false,
      backend: setting.backend
    ) { maps[$0] = $1 }
    let sample = setting.backend.upload(
      try latents(position.pass), shape: setting.latentShape)
    _ = setting.denoiser.evaluateConditional(
      [sample], contexts: [context], pass: position.pass, control: control)
    return MapSupply(maps: maps, evaluations: 1)
  }
}
