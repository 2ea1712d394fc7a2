public import Tensors

/// Self-attention, cross-attention and a feed-forward layer, each behind a norm and added back.
public struct BasicTransformerBlock: Sendable {
  let norm1: LayerNorm
  let attn1: Attention
  let norm2: LayerNorm
  let attn2: Attention
  let norm3: LayerNorm
  let ff: FeedForward

  /// Loads the block at `path`; `sites` names its two attention layers. Throws what `weights` throws.
  public init(
    _ weights: any Weights, _ path: String, channels: Int, contextChannels: Int, heads: Int,
    sites: AttentionSitePair
  ) throws {
    norm1 = try LayerNorm(weights, "\(path).norm1", channels)
    attn1 = try Attention(
      weights, "\(path).attn1", site: sites.selfAttention, channels: channels,
      contextChannels: channels, heads: heads)
    norm2 = try LayerNorm(weights, "\(path).norm2", channels)
    attn2 = try Attention(
      weights, "\(path).attn2", site: sites.cross, channels: channels,
      contextChannels: contextChannels, heads: heads)
    norm3 = try LayerNorm(weights, "\(path).norm3", channels)
    ff = try FeedForward(weights, "\(path).ff", channels)
  }

  /// x (n, s, c) with a text for each row → (n, s, c).
  public func callAsFunction(
    _ x: Tensor, context: [TextStates], size: FeatureSize, _ pass: Pass
  ) -> Tensor {
    let backend = pass.backend
    var x = x  // (n, s, c), as all that follow
    x = backend.add(attn1(norm1(x, on: backend), size: size, pass), x)
    x = backend.add(attn2(norm2(x, on: backend), context: context, size: size, pass), x)
    return backend.add(ff(norm3(x, on: backend), on: backend), x)
  }
}
