public import Tensors

/// Two linear layers around a gated GELU (Shazeer 2020): c → 2·4c → 4c → c.
public struct FeedForward: Sendable {
  let proj: Linear
  let out: Linear

  /// Loads `path.net.0.proj` and `path.net.2`; throws what `weights` throws.
  public init(_ weights: any Weights, _ path: String, _ channels: Int) throws {
    proj = try Linear(weights, "\(path).net.0.proj", channels, 8 * channels)
    out = try Linear(weights, "\(path).net.2", 4 * channels, channels)
  }

  /// (n, s, c), unchanged in shape.
  public func callAsFunction(_ x: Tensor, on backend: any Backend) -> Tensor {
    let gated = backend.geglu(proj(x, on: backend))  // (n, s, 8c) → (n, s, 4c)
    return out(gated, on: backend)  // (n, s, c)
  }
}
