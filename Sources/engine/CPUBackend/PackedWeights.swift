import CKernels
import Tensors

/// A layer's weights in the panels that products read: one matrix, or sixteen for a convolution by
/// tiles.
final class PackedWeights: Storage {
  private let memory: PooledMemory
  let layout: WeightLayout
  let element: PanelElement
  private let size: Size

  /// What the weights of a layer, (outputs, inputs, …), take.
  struct Size {
    /// Bytes of all matrices, of one, and of one output's numbers in it.
    let bytes, stride, outputBytes: Int

    init(_ layout: WeightLayout, _ element: PanelElement, _ shape: [Int]) {
      let taps = layout == .tiles ? 1 : shape.dropFirst(2).reduce(1, *)
      let matrix = { element.bytes(outputs: $0, taps: taps, inputs: shape[1]) }
      (stride, outputBytes) = (matrix(shape[0]), matrix(16) / 16)
      bytes = layout.matrices * stride
    }
  }

  /// Makes room for the weights of a layer: (outputs, inputs, …).
  init(_ pool: BufferPool, _ layout: WeightLayout, _ element: PanelElement, _ shape: [Int]) {
    size = Size(layout, element, shape)
    memory = pool.exact(size.bytes)
    (self.layout, self.element) = (layout, element)
  }

  var byteCount: Int { memory.byteCount }

  /// The panel of a matrix that begins at an output, a multiple of 32.
  func panel(_ matrix: Int, from output: Int) -> UnsafeMutableRawPointer {
    memory.pointer + matrix * size.stride + output * size.outputBytes
  }
}

extension CPUBackend {
  /// Brings a checkpoint's weights (outputs, inputs, …) into the layout that is read, a panel of
  /// outputs for each task.
  func pack(
    _ bytes: UnsafeRawBufferPointer, _ stored: ElementType, _ layout: WeightLayout, _ shape: [Int]
  ) -> Tensor {
    let packed = PackedWeights(pool, layout, multiplier.element(of: stored, layout), shape)
    let (outputs, inputs) = (shape[0], shape[1])
    let taps = shape.dropFirst(2).reduce(1, *)
    let depth = inputs * taps
    // A panel as it was stored, with its inputs last or transformed, and packed.
    let (wide, turned) = (32 * depth, 32 * max(depth, 16 * inputs))
    let scratch = scratch(2 * wide + turned)
    threads.run((outputs + 31) / 32, work: 600 * outputs * inputs) { index, thread in
      let first = index * 32
      let count = min(32, outputs - first)
      let from = scratch.part(thread)
      let (to, panel) = (from + wide, from + wide + turned)
      let size = depth * stored.byteCount
      Self.widen(
        UnsafeRawBufferPointer(rebasing: bytes[first * size..<(first + count) * size]), stored,
        from, count * depth)
      switch layout {
      case .plain: preconditionFailure("plain weights are not packed")
      case .panels:
        if taps > 1 { ck_inputs_last(from, count, inputs, taps, to) }
        multiplier.packOutputs(
          taps > 1 ? to : from, FactorShape(outputs: count, taps: taps, inputs: inputs),
          stride: depth, factor: 1, packed.element, panel, packed.panel(0, from: first))
      case .tiles:
        ck_winograd_weights(from, count * inputs, 32 * inputs, to)
        for matrix in 0..<layout.matrices {
          multiplier.packOutputs(
            to + matrix * 32 * inputs, FactorShape(outputs: count, taps: 1, inputs: inputs),
            stride: inputs, factor: 1, packed.element, panel, packed.panel(matrix, from: first))
        }
      }
    }
    return Tensor(shape, packed.element.stored, packed)
  }
}
