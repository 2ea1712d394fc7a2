import Layers
import Tensors

/// The middle of an autoencoder's half: a residual block, attention where there is any, another one.
struct AutoencoderMidBlock: Sendable {
  let resnets: [ResnetBlock2D]
  let attention: AttentionBlock?

  init(_ weights: any Weights, _ path: String, _ channels: Int, _ config: VAEConfig) throws {
    resnets = try (0..<2).map {
      try ResnetBlock2D(
        weights, "\(path).resnets.\($0)", channels, channels, timeChannels: nil,
        groups: config.normGroups, eps: 1e-6)
    }
    attention =
      config.midBlockAttends
      ? try AttentionBlock(
        weights, "\(path).attentions.0", channels, groups: config.normGroups) : nil
  }

  /// (n, h, w, c), unchanged in shape.
  func callAsFunction(_ x: Tensor, on backend: any Backend) -> Tensor {
    var x = resnets[0](x, on: backend)  // (n, h, w, c)
    if let attention { x = attention(x, on: backend) }  // (n, h, w, c)
    return resnets[1](x, on: backend)  // (n, h, w, c)
  }
}
