public import Tensors

/// Group normalisation (Wu and He 2018) over each row's positions and a group of its channels.
public struct GroupNorm: Sendable {
  let weight: Tensor
  let bias: Tensor
  let groups: Int
  let eps: Float

  /// Loads `path.weight` and `path.bias`; throws what `weights` throws.
  public init(
    _ weights: any Weights, _ path: String, _ channels: Int, groups: Int, eps: Float
  ) throws {
    weight = try weights.tensor("\(path).weight", [channels], .plain)
    bias = try weights.tensor("\(path).bias", [channels], .plain)
    (self.groups, self.eps) = (groups, eps)
  }

  /// (n, …, channels), unchanged in shape; SiLU follows where `thenSiLU` says so.
  public func callAsFunction(
    _ x: Tensor, thenSiLU: Bool = false, on backend: any Backend
  ) -> Tensor {
    backend.groupNorm(x, groups: groups, weight, bias, eps: eps, thenSiLU: thenSiLU)
  }
}

/// Layer normalisation (Ba et al. 2016) over the last axis.
public struct LayerNorm: Sendable {
  let weight: Tensor
  let bias: Tensor
  let eps: Float

  /// Loads `path.weight` and `path.bias`; throws what `weights` throws.
  public init(_ weights: any Weights, _ path: String, _ channels: Int, eps: Float = 1e-5) throws {
    weight = try weights.tensor("\(path).weight", [channels], .plain)
    bias = try weights.tensor("\(path).bias", [channels], .plain)
    self.eps = eps
  }

  /// (…, channels), unchanged in shape.
  public func callAsFunction(_ x: Tensor, on backend: any Backend) -> Tensor {
    backend.layerNorm(x, weight, bias, eps: eps)
  }
}
