public import Tensors

/// Transformer blocks over the positions of a feature map, added back to it.
public struct Transformer2DModel: Sendable {
  let norm: GroupNorm
  let projIn: Linear
  let transformerBlocks: [BasicTransformerBlock]
  let projOut: Linear

  /// Loads the layer at `path` with one transformer block per pair of `sites`.
  ///
  /// Channels-last, a 1×1 convolution and a linear layer are the same: `proj_in` and `proj_out` are
  /// linear layers here whichever of the two the model's config names. Throws what `weights` throws.
  public init(
    _ weights: any Weights, _ path: String, channels: Int, contextChannels: Int, heads: Int,
    groups: Int, sites: [AttentionSitePair]
  ) throws {
    norm = try GroupNorm(weights, "\(path).norm", channels, groups: groups, eps: 1e-6)
    projIn = try Linear(weights, "\(path).proj_in", channels, channels)
    transformerBlocks = try sites.enumerated().map { index, pair in
      try BasicTransformerBlock(
        weights, "\(path).transformer_blocks.\(index)", channels: channels,
        contextChannels: contextChannels, heads: heads, sites: pair)
    }
    projOut = try Linear(weights, "\(path).proj_out", channels, channels)
  }

  /// x (n, h, w, c) with a text for each row → (n, h, w, c).
  public func callAsFunction(_ x: Tensor, context: [TextStates], _ pass: Pass) -> Tensor {
    let backend = pass.backend
    let size = FeatureSize(rows: x.shape[1], columns: x.shape[2])
    let sequence = [x.shape[0], size.rows * size.columns, x.shape[3]]
    var y = norm(x, on: backend).reshaped(sequence)  // (n, h·w, c)
    y = projIn(y, on: backend)  // (n, h·w, c)
    for block in transformerBlocks { y = block(y, context: context, size: size, pass) }
    y = projOut(y, on: backend)  // (n, h·w, c)
    return backend.add(y.reshaped(x.shape), x)  // (n, h, w, c)
  }
}
