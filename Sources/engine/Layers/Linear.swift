public import Tensors

/// A fully connected layer, `x·Wᵀ + b`.
public struct Linear: Sendable {
  let weight: Tensor
  let bias: Tensor?

  /// Loads `path.weight` (outputs, inputs) and `path.bias`; throws what `weights` throws.
  public init(
    _ weights: any Weights, _ path: String, _ inputs: Int, _ outputs: Int, bias: Bool = true
  ) throws {
    weight = try weights.tensor("\(path).weight", [outputs, inputs], .linear)
    self.bias = bias ? try weights.tensor("\(path).bias", [outputs], .plain) : nil
  }

  /// (…, inputs) → (…, outputs).
  public func callAsFunction(_ x: Tensor, on backend: any Backend) -> Tensor {
    backend.linear(x, weight, bias: bias)
  }
}
