public import EditJobs
public import Layers
public import Tensors

/// A loaded Stable Diffusion model: text encoders, noise model and decoder on one backend.
public struct StableDiffusionModel: Sendable {
  /// What the folder's configs say.
  public private(set) var description: ModelDescription
  /// Token ids → hidden states.
  public let textEncoders: [CLIPTextModel]
  /// Predicts noise.
  public let unet: UNet2DConditionModel
  /// Latents → pictures.
  public let vae: AutoencoderKL
  /// Holds the weights and runs the operations.
  public let backend: any Backend

  /// Loads the model that `description` describes.
  ///
  /// Throws `ModelError` and `SafetensorsError`, which name file, tensor, and what was expected.
  public init(_ description: ModelDescription, backend: any Backend) throws {
    try self.init(description, backend: backend) {
      try description.parts.weights($0, description, on: backend)
    }
    if description.leavesPredictionOpen { self.description.scheduler.prediction = prediction() }
  }

  /// Builds the networks from the weights of each component.
  init(
    _ description: ModelDescription, backend: any Backend,
    weights: (_ component: String) throws -> any Weights
  ) throws {
    textEncoders = try zip(description.index.textEncoders, description.textEncoders).map {
      try CLIPTextModel(weights($0), $1)
    }
    unet = try UNet2DConditionModel(weights("unet"), description.unet)
    vae = try AutoencoderKL(weights("vae"), description.vae)
    (self.description, self.backend) = (description, backend)
  }

  /// Token ids of a prompt for each text encoder, padded to the window → what the noise model is told.
  public func encode(_ ids: [[Int]]) -> TextStates {
    precondition(ids.count == textEncoders.count, "\(ids.count) lists of tokens")
    let outputs = zip(textEncoders, ids).map { $0($1, on: backend) }
    let parts = outputs.map {
      description.index.takesPenultimateStates ? $0.penultimate : $0.last  // (1, T, Cᵢ)
    }
    let states = parts.dropFirst().reduce(parts[0]) { backend.concatChannels($0, $1) }  // (1, T, C)
    let pooled = unet.config.addition == nil ? nil : outputs.last?.pooled  // (1, P)
    return TextStates(
      states.reshaped(Array(states.shape.dropFirst())),
      pooled: pooled.map { $0.reshaped([$0.count]) })
  }

  /// The same token ids for every text encoder.
  public func encode(_ ids: [Int]) -> TextStates {
    encode(textEncoders.map { _ in ids })
  }

  /// Latents (C, h, w) → a picture (3, H, W), clamped to 0…1.
  public func decode(_ latents: Tensor) -> Tensor { vae.decode(latents, on: backend) }

  /// A denoiser for runs of `steps` steps; throws `ModelError` where the schedule has fewer.
  public func denoiser(
    _ sampler: SamplerKind, steps: Int, guidanceScale: Float
  ) throws -> Denoiser {
    Denoiser(
      unet: unet, sampler: try sampler.make(steps: steps, description.noiseSchedule),
      guidance: Guidance(scale: guidanceScale), vaeFactor: description.vaeFactor,
      backend: backend)
  }
}
