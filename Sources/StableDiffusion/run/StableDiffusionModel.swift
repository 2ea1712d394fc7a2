public import Layers
public import Tensors

/// A loaded Stable Diffusion model: text encoder, noise model and decoder on one backend.
public struct StableDiffusionModel: Sendable {
  /// What the folder's configs say.
  public let description: ModelDescription
  /// Token ids → hidden states.
  public let textEncoder: CLIPTextModel
  /// Predicts noise.
  public let unet: UNet2DConditionModel
  /// Latents → pictures.
  public let vae: AutoencoderKL
  /// Holds the weights and runs the operations.
  public let backend: any Backend

  /// Loads a folder in the diffusers layout.
  ///
  /// Throws `ModelError` and `SafetensorsError`, which name file, tensor, and what was expected.
  public init(folder: String, backend: any Backend) throws {
    let description = try ModelDescription(folder: folder)
    func weights(_ component: String, _ spellings: PublishedSpellings) throws -> any Weights {
      let found = description.weightFiles.first { $0.component == component }
      guard let files = found?.files else { preconditionFailure("no component \(component)") }
      return try Checkpoint(files, spellings: spellings, on: backend)
    }
    try description.checkVocabulary()
    self.description = description
    textEncoder = try CLIPTextModel(
      weights("text_encoder", .textEncoder), description.textEncoder)
    unet = try UNet2DConditionModel(weights("unet", .unet), description.unet)
    vae = try AutoencoderKL(weights("vae", .vae), description.vae)
    self.backend = backend
  }

  /// Token ids of a prompt, padded to the window → its text, with hidden states (1, T, C).
  public func encode(_ ids: [Int]) -> TextStates {
    let states = textEncoder(ids, on: backend)  // (1, T, C)
    return TextStates(states.reshaped(Array(states.shape.dropFirst())))
  }

  /// Latents (C, h, w) → a picture (3, H, W), clamped to 0…1.
  public func decode(_ latents: Tensor) -> Tensor { vae.decode(latents, on: backend) }

  /// A denoiser for runs of `steps` steps; throws `ModelError` where the schedule has fewer.
  public func denoiser(
    _ sampler: SamplerName, steps: Int, guidanceScale: Float
  ) throws -> Denoiser {
    Denoiser(
      unet: unet, sampler: try sampler.make(steps: steps, description.noiseSchedule),
      guidance: Guidance(scale: guidanceScale), backend: backend)
  }
}
