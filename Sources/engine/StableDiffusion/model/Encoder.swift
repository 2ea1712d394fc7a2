import Layers
import Tensors

/// The encoder of the autoencoder: levels that halve, then a middle block that attends.
struct Encoder: Sendable {
  let convIn: Conv2d
  let downBlocks: [EncoderBlock]
  let midBlock: AutoencoderMidBlock
  let convNormOut: GroupNorm
  let convOut: Conv2d

  init(_ weights: any Weights, _ path: String, _ config: VAEConfig) throws {
    let widths = config.blockOutChannels
    let (finest, coarsest, groups) = (widths[0], widths[widths.count - 1], config.normGroups)
    convIn = try Conv2d(weights, "\(path).conv_in", config.outChannels, finest)
    downBlocks = try widths.enumerated().map { index, channels in
      try EncoderBlock(
        weights, "\(path).down_blocks.\(index)", inputs: index == 0 ? finest : widths[index - 1],
        channels: channels, layers: config.layersPerBlock, groups: groups,
        downsamples: index < widths.count - 1)
    }
    midBlock = try AutoencoderMidBlock(weights, "\(path).mid_block", coarsest, config)
    convNormOut = try GroupNorm(
      weights, "\(path).conv_norm_out", coarsest, groups: groups, eps: 1e-6)
    convOut = try Conv2d(weights, "\(path).conv_out", coarsest, 2 * config.latentChannels)
  }

  /// (1, f·h, f·w, 3) → (1, h, w, 2C): the posterior's means, then the logarithms of its variances.
  func callAsFunction(_ picture: Tensor, on backend: any Backend) -> Tensor {
    var x = convIn(picture, on: backend)  // (1, f·h, f·w, c₀)
    for block in downBlocks { x = block(x, on: backend) }  // halved by all but the last
    x = midBlock(x, on: backend)  // (1, h, w, c)
    x = convNormOut(x, thenSiLU: true, on: backend)  // (1, h, w, c)
    return convOut(x, on: backend)  // (1, h, w, 2C)
  }
}

/// One level of the encoder.
struct EncoderBlock: Sendable {
  let resnets: [ResnetBlock2D]
  let downsampler: EdgeDownsample2D?

  init(
    _ weights: any Weights, _ path: String, inputs: Int, channels: Int, layers: Int, groups: Int,
    downsamples: Bool
  ) throws {
    resnets = try (0..<layers).map {
      try ResnetBlock2D(
        weights, "\(path).resnets.\($0)", $0 == 0 ? inputs : channels, channels,
        timeChannels: nil, groups: groups, eps: 1e-6)
    }
    downsampler =
      downsamples ? try EdgeDownsample2D(weights, "\(path).downsamplers.0", channels) : nil
  }

  /// (1, h, w, i) → (1, h / 2, w / 2, c).
  func callAsFunction(_ x: Tensor, on backend: any Backend) -> Tensor {
    var x = x
    for resnet in resnets { x = resnet(x, on: backend) }  // (1, h, w, c)
    return downsampler?(x, on: backend) ?? x  // (1, h / 2, w / 2, c)
  }
}
