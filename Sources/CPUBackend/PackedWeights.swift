import CKernels
import Tensors

/// A layer's weights in the panels that products read: one matrix, or sixteen for a convolution by
/// tiles.
final class PackedWeights: Storage {
  private let memory: PooledMemory
  let layout: WeightLayout
  /// Numbers of one matrix.
  private let stride: Int

  init(_ memory: PooledMemory, _ layout: WeightLayout, _ shape: [Int]) {
    (self.memory, self.layout) = (memory, layout)
    stride = layout.count(shape) / layout.matrices
  }

  var byteCount: Int { memory.byteCount }

  /// The first number of a matrix.
  func matrix(_ place: Int) -> UnsafeMutablePointer<Float> {
    memory.pointer.assumingMemoryBound(to: Float.self) + place * stride
  }
}

extension CPUBackend {
  /// Brings a checkpoint's weights (outputs, inputs, …), in float32, into the layout that is read.
  func pack(_ weights: UnsafePointer<Float>, _ layout: WeightLayout, _ shape: [Int]) -> Tensor {
    let packed = PackedWeights(pool.exact(layout.count(shape) * 4), layout, shape)
    let (outputs, inputs) = (shape[0], shape[1])
    let taps = shape.dropFirst(2).reduce(1, *)
    switch layout {
    case .plain: preconditionFailure("plain weights are not packed")
    case .panels where taps == 1: pack(weights, outputs, inputs, packed.matrix(0))
    case .panels:
      let turned = make(shape)
      ck_inputs_last(weights, outputs, inputs, taps, floats(turned))
      pack(floats(turned), outputs, inputs * taps, packed.matrix(0))
    case .tiles:
      // A panel of all matrices for each task.
      let size = 32 * inputs
      let scratch = scratch(layout.matrices * size)
      threads.run((outputs + 31) / 32, work: 600 * outputs * inputs) { panel, thread in
        let (first, part) = (panel * 32, scratch.part(thread))
        let count = min(32, outputs - first)
        ck_winograd_weights(weights + first * inputs * 9, count * inputs, size, part)
        for place in 0..<layout.matrices {
          ck_pack_outputs(
            part + place * size, count, inputs, inputs, 1, packed.matrix(place) + first * inputs)
        }
      }
    }
    return Tensor(shape, .f32, packed)
  }

  /// One matrix (outputs, depth): a panel, and its page faults, for each task.
  private func pack(
    _ weights: UnsafePointer<Float>, _ outputs: Int, _ depth: Int, _ to: UnsafeMutablePointer<Float>
  ) {
    chunked(outputs, size: 32, cost: 20 * depth) { range in
      let first = range.lowerBound * depth
      ck_pack_outputs(weights + first, range.count, depth, depth, 1, to + first)
    }
  }
}
