public import Tensors

/// Halves a feature map by a convolution of stride 2 that sees zeros below and to the right alone, as
/// autoencoders have it.
public struct EdgeDownsample2D: Sendable {
  let conv: Conv2d

  /// Loads `path.conv`; throws what `weights` throws.
  public init(_ weights: any Weights, _ path: String, _ channels: Int) throws {
    conv = try Conv2d(weights, "\(path).conv", channels, channels, stride: 2, padding: 0)
  }

  /// One picture, (1, h, w, c) → (1, h / 2, w / 2, c).
  public func callAsFunction(_ x: Tensor, on backend: any Backend) -> Tensor {
    let (h, w, c) = (x.shape[1], x.shape[2], x.shape[3])
    precondition(x.shape[0] == 1, "one picture at a time: \(x.shape)")
    func zeros(_ shape: [Int]) -> Tensor {
      backend.upload([Float](repeating: 0, count: shape.reduce(1, *)), shape: shape)
    }
    // A row more, then a column more: in memory both are something appended.
    let below = backend.concatRows([x.reshaped([h, w, c]), zeros([1, w, c])])  // (h + 1, w, c)
    let padded = backend.concatChannels(
      below.reshaped([1, h + 1, 1, w * c]), zeros([1, h + 1, 1, c]))
    return conv(padded.reshaped([1, h + 1, w + 1, c]), on: backend)  // (1, h / 2, w / 2, c)
  }
}
