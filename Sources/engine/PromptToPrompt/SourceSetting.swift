public import EditJobs
import Files
import Layers
public import StableDiffusion
public import Tensors

/// What a source and all its variants share: the model, the solver, the sizes and the sites.
public struct SourceSetting: Sendable {
  /// What the source is.
  public let spec: SourceSpec
  /// The loaded model.
  public let model: StableDiffusionModel
  /// The solver around the noise model.
  public let denoiser: Denoiser
  /// The attention sites at the source's size.
  public let catalogue: SiteCatalogue
  /// Shape (C, h, w) of the latents.
  public let latentShape: [Int]

  /// Fits a source to a loaded model.
  ///
  /// Throws `image-size` for a picture size that the model cannot make, `inversion-sampler` for a
  /// photograph with a sampler that does not invert, and `ModelError` where the noise schedule has fewer
  /// steps than the source.
  public init(_ spec: SourceSpec, model: StableDiffusionModel) throws {
    let description = model.description
    guard description.isLegal(side: spec.height), description.isLegal(side: spec.width) else {
      let width = description.nearestLegal(side: spec.width)
      let height = description.nearestLegal(side: spec.height)
      throw EditError(
        "image-size", .data, "no picture of \(spec.width)×\(spec.height) can be made",
        details: ["sides are multiples of \(description.sizeMultiple)"],
        hint: "\(width)×\(height)")
    }
    let shape = description.latentShape(height: spec.height, width: spec.width)
    let sites = description.geometry.sites(
      height: shape[1], width: shape[2], textLength: description.textLength)
    (self.spec, self.model, latentShape) = (spec, model, shape)
    denoiser = try model.denoiser(
      spec.sampler, steps: spec.steps, guidanceScale: Float(spec.guidance))
    guard spec.photograph == nil || denoiser.inverts else {
      throw EditError(
        "inversion-sampler", .data, "a photograph cannot be inverted by \(spec.sampler.title)",
        hint: "--sampler ddim")
    }
    catalogue = SiteCatalogue(
      entries: sites.map { SiteCatalogue.Entry(site: $0.site, size: $0.size) },
      control: description.geometry.controlResolution(
        latentHeight: shape[1], latentWidth: shape[2]),
      selfMax: spec.selfMax)
  }

  /// Tokens of the text encoder's window.
  public var textLength: Int { model.description.textLength }
  /// Runs the operations.
  public var backend: any Backend { model.backend }
  /// Passes of a whole run.
  public var passes: Int { denoiser.passes }

  /// A unit before its first pass: the noise of the source's seed, times the first sigma.
  public func noise() -> UnitRun {
    var random = TorchRandom(seed: spec.seed)
    let values = random.normal(latentShape.reduce(1, *))
    let sigma = denoiser.sampler.initialSigma
    return begin(latents: sigma == 1 ? values : values.map { $0 * sigma })
  }

  /// A unit before its first pass, at given latents (C, h, w); `pass` is below 0 where an inversion
  /// comes first.
  public func begin(latents: [Float], pass: Int = 0) -> UnitRun {
    UnitRun(
      run: DenoisingRun(latents: backend.upload(latents, shape: latentShape), pass: pass),
      sum: RunningSum(
        tokens: textLength, queries: catalogue.control.rows * catalogue.control.columns,
        on: backend),
      injected: InjectionReport())
  }

  /// Evaluations that one pass of `lanes` units takes, without those that make a source's maps again.
  public func evaluations(lanes: Int) -> Int { denoiser.evaluations(lanes: lanes) }
}
