import Layers
import Tensors

/// The decoder of the autoencoder: a middle block that attends, then levels that double.
struct Decoder: Sendable {
  let convIn: Conv2d
  let midBlock: AutoencoderMidBlock
  let upBlocks: [DecoderBlock]
  let convNormOut: GroupNorm
  let convOut: Conv2d

  init(_ weights: any Weights, _ path: String, _ config: VAEConfig) throws {
    let widths = Array(config.blockOutChannels.reversed())
    let (coarsest, finest, groups) = (widths[0], widths[widths.count - 1], config.normGroups)
    convIn = try Conv2d(weights, "\(path).conv_in", config.latentChannels, coarsest)
    midBlock = try AutoencoderMidBlock(weights, "\(path).mid_block", coarsest, config)
    upBlocks = try widths.enumerated().map { index, channels in
      try DecoderBlock(
        weights, "\(path).up_blocks.\(index)", inputs: index == 0 ? coarsest : widths[index - 1],
        channels: channels, layers: config.layersPerBlock + 1, groups: groups,
        upsamples: index < widths.count - 1)
    }
    convNormOut = try GroupNorm(
      weights, "\(path).conv_norm_out", finest, groups: groups, eps: 1e-6)
    convOut = try Conv2d(weights, "\(path).conv_out", finest, config.outChannels)
  }

  /// (n, h, w, C) → (n, f·h, f·w, 3).
  func callAsFunction(_ z: Tensor, on backend: any Backend) -> Tensor {
    var x = convIn(z, on: backend)  // (n, h, w, c)
    x = midBlock(x, on: backend)  // (n, h, w, c)
    for block in upBlocks { x = block(x, on: backend) }  // doubled by all but the last
    x = convNormOut(x, thenSiLU: true, on: backend)  // (n, f·h, f·w, c₀)
    return convOut(x, on: backend)  // (n, f·h, f·w, 3)
  }
}

/// One level of the decoder.
struct DecoderBlock: Sendable {
  let resnets: [ResnetBlock2D]
  let upsampler: Upsample2D?

  init(
    _ weights: any Weights, _ path: String, inputs: Int, channels: Int, layers: Int, groups: Int,
    upsamples: Bool
  ) throws {
    resnets = try (0..<layers).map {
      try ResnetBlock2D(
        weights, "\(path).resnets.\($0)", $0 == 0 ? inputs : channels, channels,
        timeChannels: nil, groups: groups, eps: 1e-6)
    }
    upsampler = upsamples ? try Upsample2D(weights, "\(path).upsamplers.0", channels) : nil
  }

  /// (n, h, w, i) → (n, 2h, 2w, c).
  ///
  /// The input is let go as soon as it was read: at the finest level it is as large as all that follows.
  func callAsFunction(_ x: consuming Tensor, on backend: any Backend) -> Tensor {
    for resnet in resnets { x = resnet(x, on: backend) }  // (n, h, w, c)
    guard let upsampler else { return x }
    return upsampler(x, on: backend)  // (n, 2h, 2w, c)
  }
}

/// Self-attention of one head over the positions of a feature map, added back to it.
struct AttentionBlock: Sendable {
  let groupNorm: GroupNorm
  let toQ: Linear
  let toK: Linear
  let toV: Linear
  let toOut: Linear

  init(_ weights: any Weights, _ path: String, _ channels: Int, groups: Int) throws {
    groupNorm = try GroupNorm(
      weights, "\(path).group_norm", channels, groups: groups, eps: 1e-6)
    toQ = try Linear(weights, "\(path).to_q", channels, channels)
    toK = try Linear(weights, "\(path).to_k", channels, channels)
    toV = try Linear(weights, "\(path).to_v", channels, channels)
    toOut = try Linear(weights, "\(path).to_out.0", channels, channels)
  }

  /// (n, h, w, c), unchanged in shape.
  func callAsFunction(_ x: Tensor, on backend: any Backend) -> Tensor {
    let sequence = [x.shape[0], x.shape[1] * x.shape[2], x.shape[3]]
    let h = groupNorm(x, on: backend).reshaped(sequence)  // (n, h·w, c)
    let attended = backend.attention(
      toQ(h, on: backend), toK(h, on: backend), toV(h, on: backend), heads: 1,
      causal: false)  // (n, h·w, c)
    return backend.add(toOut(attended, on: backend).reshaped(x.shape), x)  // (n, h, w, c)
  }
}
