public import Tensors

/// Halves a feature map by a convolution of stride 2.
public struct Downsample2D: Sendable {
  let conv: Conv2d

  /// Loads `path.conv`; throws what `weights` throws.
  public init(_ weights: any Weights, _ path: String, _ channels: Int) throws {
    conv = try Conv2d(weights, "\(path).conv", channels, channels, stride: 2)
  }

  /// (n, h, w, c) → (n, h / 2, w / 2, c).
  public func callAsFunction(_ x: Tensor, on backend: any Backend) -> Tensor {
    conv(x, on: backend)
  }
}

/// Doubles a feature map by repetition, then a convolution.
public struct Upsample2D: Sendable {
  let conv: Conv2d

  /// Loads `path.conv`; throws what `weights` throws.
  public init(_ weights: any Weights, _ path: String, _ channels: Int) throws {
    conv = try Conv2d(weights, "\(path).conv", channels, channels)
  }

  /// (n, h, w, c) → (n, 2h, 2w, c).
  public func callAsFunction(_ x: Tensor, on backend: any Backend) -> Tensor {
    conv(backend.upsampleNearest(x), on: backend)
  }
}
