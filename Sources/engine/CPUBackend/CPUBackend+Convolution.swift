import CKernels
public import Tensors

extension CPUBackend {
  /// Convolution with zero padding on all sides: (n, h, w, i) → (n, h′, w′, o).
  ///
  /// Where it pays, 3×3 convolutions are made by Winograd's tiles. Else our own kernels have no matrix of
  /// inputs laid out either: channels lie together, so a position's inputs are one run for each place of the kernel,
  /// and the product is told where these begin. Places outside the picture begin at zeros.
  public func conv2d(
    _ x: Tensor, _ weight: Tensor, bias: Tensor?, stride: Int, padding: Int
  ) -> Tensor {
    precondition(x.shape.count == 4 && weight.shape.count == 4, "conv2d of \(x.shape)")
    let (rows, height, width, inputs) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    let (outputs, kernelHeight, kernelWidth) = (weight.shape[0], weight.shape[2], weight.shape[3])
    precondition(weight.shape[1] == inputs, "conv2d of \(x.shape) with weights \(weight.shape)")
    let outHeight = (height + 2 * padding - kernelHeight) / stride + 1
    let outWidth = (width + 2 * padding - kernelWidth) / stride + 1
    let y = make([rows, outHeight, outWidth, outputs])
    let weights = packed(weight)
    if weights.layout == .tiles {
      precondition(stride == 1 && padding == 1, "weights of a convolution that keeps the size")
      winograd(x, weights, bias: bias, y)
      return y
    }
    let (from, nothing) = (floats(x), zeros(inputs))
    let outside = floats(nothing)
    product(
      multiplier.tasks(rows: rows, positions: outHeight * outWidth, outputs: outputs),
      taps: kernelHeight * kernelWidth, inputs: inputs, weight, bias, y
    ) { positions, runs in
      var runs = runs
      for position in positions {
        let (row, place) = position.quotientAndRemainder(dividingBy: outHeight * outWidth)
        let (line, column) = place.quotientAndRemainder(dividingBy: outWidth)
        let left = column * stride - padding
        for down in line * stride - padding..<line * stride - padding + kernelHeight {
          let picture = from + ((row * height + down) * width + left) * inputs
          for across in 0..<kernelWidth {
            let inside = (0..<height).contains(down) && (0..<width).contains(left + across)
            runs[across] = UnsafePointer(inside ? picture + across * inputs : outside)
          }
          runs += kernelWidth
        }
      }
    }
    return y
  }

  /// What lies outside every picture.
  func zeros(_ count: Int) -> Tensor {
    let nothing = make([count])
    floats(nothing).update(repeating: 0, count: count)
    return nothing
  }
}
