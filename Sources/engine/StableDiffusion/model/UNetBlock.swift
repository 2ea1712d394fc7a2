import EditJobs
import Layers
import Tensors

/// One level of a UNet: residual blocks, each with attention or not, and a change of size.
struct UNetBlock: Sendable {
  let resnets: [ResnetBlock2D]
  let attentions: [Transformer2DModel]
  let downsampler: Downsample2D?
  let upsampler: Upsample2D?

  /// Loads the block that `geometry` describes from `path`.
  init(
    _ weights: any Weights, _ path: String, _ geometry: UNetGeometry.Block, _ config: UNetConfig
  ) throws {
    let channels = geometry.channels
    resnets = try geometry.resnetInputs.enumerated().map { index, inputs in
      try ResnetBlock2D(
        weights, "\(path).resnets.\(index)", inputs, channels, timeChannels: config.timeChannels,
        groups: config.normGroups, eps: config.normEps)
    }
    attentions = try geometry.attentions.enumerated().map { index, sites in
      try Transformer2DModel(
        weights, "\(path).attentions.\(index)", channels: channels,
        contextChannels: config.crossAttentionDim, heads: geometry.heads,
        groups: config.normGroups, sites: sites)
    }
    downsampler =
      geometry.resamples && geometry.stage == .down
      ? try Downsample2D(weights, "\(path).downsamplers.0", channels) : nil
    upsampler =
      geometry.resamples && geometry.stage == .up
      ? try Upsample2D(weights, "\(path).upsamplers.0", channels) : nil
  }

  /// On the way down: x (n, h, w, i) → (n, h / 2, w / 2, o), leaving what the way up will want.
  func down(
    _ x: Tensor, time: Tensor, context: [TextStates], skips: inout [Tensor], _ pass: Pass
  ) -> Tensor {
    var x = x
    for (index, resnet) in resnets.enumerated() {
      x = resnet(x, time: time, on: pass.backend)  // (n, h, w, o)
      if !attentions.isEmpty { x = attentions[index](x, context: context, pass) }  // (n, h, w, o)
      skips.append(x)
    }
    if let downsampler {
      x = downsampler(x, on: pass.backend)  // (n, h / 2, w / 2, o)
      skips.append(x)
    }
    return x
  }

  /// In the middle: x (n, h, w, c), unchanged in shape.
  func mid(_ x: Tensor, time: Tensor, context: [TextStates], _ pass: Pass) -> Tensor {
    var x = resnets[0](x, time: time, on: pass.backend)  // (n, h, w, c)
    for (attention, resnet) in zip(attentions, resnets.dropFirst()) {
      x = attention(x, context: context, pass)  // (n, h, w, c)
      x = resnet(x, time: time, on: pass.backend)  // (n, h, w, c)
    }
    return x
  }

  /// On the way up: x (n, h, w, i) → (n, 2h, 2w, o), taking what the way down left.
  func up(
    _ x: Tensor, time: Tensor, context: [TextStates], skips: inout [Tensor], _ pass: Pass
  ) -> Tensor {
    var x = x
    for (index, resnet) in resnets.enumerated() {
      x = pass.backend.concatChannels(x, skips.removeLast())  // (n, h, w, i + skip)
      x = resnet(x, time: time, on: pass.backend)  // (n, h, w, o)
      if !attentions.isEmpty { x = attentions[index](x, context: context, pass) }  // (n, h, w, o)
    }
    return upsampler?(x, on: pass.backend) ?? x  // (n, 2h, 2w, o)
  }
}
