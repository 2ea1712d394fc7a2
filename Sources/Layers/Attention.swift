public import Tensors

/// Multi-head attention at a named site (Vaswani et al. 2017, §3.2).
///
/// The layer knows nothing of editing: where the pass has a control, it asks what happens to each
/// row's map, and hands maps over as the answers say.
public struct Attention: Sendable {
  let toQ: Linear
  let toK: Linear
  let toV: Linear
  let toOut: Linear
  /// The layer's name.
  public let site: AttentionSite
  let heads: Int

  /// Loads `path.to_q`, `path.to_k`, `path.to_v` and `path.to_out.0`.
  ///
  /// Queries have `channels`, keys and values are made from `contextChannels`. Throws what `weights`
  /// throws.
  public init(
    _ weights: any Weights, _ path: String, site: AttentionSite, channels: Int,
    contextChannels: Int, heads: Int
  ) throws {
    precondition(channels % heads == 0, "\(path): \(channels) channels in \(heads) heads")
    toQ = try Linear(weights, "\(path).to_q", channels, channels, bias: false)
    toK = try Linear(weights, "\(path).to_k", contextChannels, channels, bias: false)
    toV = try Linear(weights, "\(path).to_v", contextChannels, channels, bias: false)
    toOut = try Linear(weights, "\(path).to_out.0", channels, channels)
    (self.site, self.heads) = (site, heads)
  }

  /// x (n, s, c) attends to context (n, t, k), by default to itself → (n, s, c).
  ///
  /// `size` is the feature map that x's s positions are.
  public func callAsFunction(
    _ x: Tensor, context: Tensor? = nil, size: FeatureSize, _ pass: Pass
  ) -> Tensor {
    let (backend, memory) = (pass.backend, context ?? x)
    let q = toQ(x, on: backend)  // (n, s, c)
    let k = toK(memory, on: backend)  // (n, t, c)
    let v = toV(memory, on: backend)  // (n, t, c)
    return toOut(attend(q, k, v, size, pass), on: backend)  // (n, s, c)
  }

  private func attend(
    _ q: Tensor, _ k: Tensor, _ v: Tensor, _ size: FeatureSize, _ pass: Pass
  ) -> Tensor {
    guard let control = pass.control else {
      return pass.backend.attention(
        q, k, v, heads: heads, causal: false, demands: [], visit: { _, map in map })
    }
    let mapSize = AttentionMapSize(
      rows: size.rows, columns: size.columns, heads: heads, keys: k.shape[1])
    let demands = pass.rows.map { control.demand(at: site, mapSize, pass.position, $0) }
    return pass.backend.attention(q, k, v, heads: heads, causal: false, demands: demands) {
      control.visit($1, at: site, mapSize, pass.position, pass.rows[$0])
    }
  }
}
