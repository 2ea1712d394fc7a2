import CKernels
public import Tensors

extension CPUBackend {
  /// Convolution with zero padding on all sides: (n, h, w, i) → (n, h′, w′, o).
  ///
  /// Each panel of output positions is laid out as a matrix of the inputs under it, then multiplied.
  public func conv2d(
    _ x: Tensor, _ weight: Tensor, bias: Tensor?, stride: Int, padding: Int
  ) -> Tensor {
    precondition(x.shape.count == 4 && weight.shape.count == 4, "conv2d of \(x.shape)")
    let (rows, height, width, inputs) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    let (outputs, kernelHeight, kernelWidth) = (weight.shape[0], weight.shape[2], weight.shape[3])
    precondition(weight.shape[1] == inputs, "conv2d of \(x.shape) with weights \(weight.shape)")
    precondition(bias.map { $0.count == outputs } ?? true, "bias of another size")
    let outHeight = (height + 2 * padding - kernelHeight) / stride + 1
    let outWidth = (width + 2 * padding - kernelWidth) / stride + 1
    let y = make([rows, outHeight, outWidth, outputs])
    let depth = kernelHeight * kernelWidth * inputs
    let panels = Panels(positions: outHeight * outWidth, outputs: outputs, inputs: depth)
    let (from, weights, start, to) = (floats(x), floats(weight), bias.map(floats), floats(y))
    if kernelHeight * kernelWidth == 1, stride == 1, padding == 0 {
      product(
        rows: rows, panels, inputs: inputs, x: from, weight: weights, bias: start, y: to)
      return y
    }
    var window = ck_window(
      height: height, width: width, channels: inputs, out_width: outWidth,
      kernel_height: kernelHeight, kernel_width: kernelWidth, stride: stride, padding: padding)
    let scratch = scratch(panels.height * depth)
    let work = 2 * rows * panels.positions * outputs * depth
    withUnsafePointer(to: &window) { window in
      threads.run(panels.tasks(rows: rows), work: work) { task, thread in
        let (row, positions, chunk) = panels.panel(task, rows: rows)
        let panel = scratch.part(thread)
        ck_im2col(
          from + row * height * width * inputs, window, positions.lowerBound, positions.count,
          panel)
        Self.panelProduct(
          positions.count, chunk.count, depth, MatrixView(panel, stride: depth),
          MatrixView(weights + chunk.lowerBound * depth, stride: depth),
          bias: start.map { $0 + chunk.lowerBound },
          to + (row * panels.positions + positions.lowerBound) * outputs + chunk.lowerBound,
          stride: outputs)
      }
    }
    return y
  }
}
