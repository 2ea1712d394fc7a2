public import Layers
public import Tensors

/// The encoding half of the autoencoder (Rombach et al. 2022, §3.1): picture → latents.
public struct AutoencoderKLEncoder: Sendable {
  /// The config it was built from.
  public let config: VAEConfig
  let encoder: Encoder
  let quantConv: Conv2d?

  /// Loads the encoder that `config` describes; throws what `weights` throws.
  public init(_ weights: any Weights, _ config: VAEConfig) throws {
    self.config = config
    let moments = 2 * config.latentChannels
    encoder = try Encoder(weights, "encoder", config)
    quantConv =
      config.useQuantConv
      ? try Conv2d(weights, "quant_conv", moments, moments, kernel: 1) : nil
  }

  /// A picture (3, f·h, f·w) in 0…1 → the UNet's latents (C, h, w): the mean of the posterior, never a
  /// sample of it, so that equal pictures have equal latents.
  public func encode(_ picture: Tensor, on backend: any Backend) -> Tensor {
    let values = backend.download(picture).map { $0 * 2 - 1 }
    let x = backend.channelsLast(
      backend.upload(values, shape: [1] + picture.shape))  // (1, f·h, f·w, 3)
    var moments = encoder(x, on: backend)  // (1, h, w, 2C)
    if let quantConv { moments = quantConv(moments, on: backend) }  // (1, h, w, 2C)
    let planes = backend.channelsFirst(moments)  // (1, 2C, h, w)
    let means = planes.reshaped(Array(planes.shape.dropFirst())).rows(0..<config.latentChannels)
    return backend.combine([(config.scalingFactor, means)])  // (C, h, w)
  }
}

extension StableDiffusionModel {
  /// Loads the half of the autoencoder that turns pictures into latents; throws as `init` does.
  ///
  /// It is not part of the model, because only photographs need it, once each.
  public func loadEncoder() throws -> AutoencoderKLEncoder {
    try AutoencoderKLEncoder(
      description.parts.weights("vae", description, on: backend), description.vae)
  }
}
