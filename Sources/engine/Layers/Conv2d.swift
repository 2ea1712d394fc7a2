public import Tensors

/// A convolution with zero padding on all sides, channels last.
public struct Conv2d: Sendable {
  let weight: Tensor
  let bias: Tensor
  let stride: Int
  let padding: Int

  /// Loads `path.weight` (outputs, inputs, kernel, kernel) and `path.bias`.
  ///
  /// By default the padding keeps the size at stride 1. Throws what `weights` throws.
  public init(
    _ weights: any Weights, _ path: String, _ inputs: Int, _ outputs: Int, kernel: Int = 3,
    stride: Int = 1, padding: Int? = nil
  ) throws {
    (self.stride, self.padding) = (stride, padding ?? kernel / 2)
    let keepsSize = self.stride == 1 && self.padding == kernel / 2
    weight = try weights.tensor(
      "\(path).weight", [outputs, inputs, kernel, kernel],
      keepsSize ? .convolution : .resizingConvolution)
    bias = try weights.tensor("\(path).bias", [outputs], .plain)
  }

  /// (n, h, w, inputs) → (n, h / stride, w / stride, outputs).
  public func callAsFunction(_ x: Tensor, on backend: any Backend) -> Tensor {
    backend.conv2d(x, weight, bias: bias, stride: stride, padding: padding)
  }
}
