public import Layers
public import Tensors

/// The decoding half of the autoencoder (Rombach et al. 2022, §3.1): latents → picture.
public struct AutoencoderKL: Sendable {
  /// The config it was built from.
  public let config: VAEConfig
  let postQuantConv: Conv2d?
  let decoder: Decoder

  /// Loads the decoder that `config` describes; throws what `weights` throws.
  public init(_ weights: any Weights, _ config: VAEConfig) throws {
    self.config = config
    let channels = config.latentChannels
    postQuantConv =
      config.usePostQuantConv
      ? try Conv2d(weights, "post_quant_conv", channels, channels, kernel: 1) : nil
    decoder = try Decoder(weights, "decoder", config)
  }

  /// The UNet's latents (C, h, w) → a picture (3, f·h, f·w), clamped to 0…1.
  ///
  /// A number that is not finite stays so; see `Backend.allFinite`.
  public func decode(_ latents: Tensor, on backend: any Backend) -> Tensor {
    var z = backend.combine([(1 / config.scalingFactor, latents)])  // (C, h, w)
    z = backend.channelsLast(z.reshaped([1] + z.shape))  // (1, h, w, C)
    if let postQuantConv { z = postQuantConv(z, on: backend) }  // (1, h, w, C)
    let picture = backend.channelsFirst(decoder(z, on: backend))  // (1, 3, f·h, f·w) in -1…1
    let values = backend.download(picture).map { value in
      let x = value / 2 + 0.5
      return x < 0 ? 0 : x > 1 ? 1 : x
    }
    return backend.upload(values, shape: Array(picture.shape.dropFirst()))  // (3, f·h, f·w)
  }
}
