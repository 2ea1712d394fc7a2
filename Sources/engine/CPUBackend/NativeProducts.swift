import CKernels
import COpenBLAS
import Tensors

/// Products by OpenBLAS, whose bits may depend on how many rows and outputs a call has: so the sizes
/// of all calls follow from the layer and the size of one row of the batch, and no call has numbers of
/// two rows.
///
/// Packed weights lie output by output, as a checkpoint has them but for the order of a kernel's
/// places, and as narrow.
struct NativeProducts: Multiplier {
  let kernels: NativeKernels
  /// Calls among which a layer's product is shared out evenly, for measuring; `nil` for calls whose size
  /// depends on the layer alone.
  let calls: Int?

  /// Inputs that one call sums up at most. What is laid out for it stays in a core's cache.
  private static let block = 1_024

  var name: String { kernels.name }
  var factors: PanelElement { .f32 }

  /// No tiles: a plain sum is the other opinion that tiles are compared with.
  func layout(_ role: WeightRole, _ shape: [Int]) -> WeightLayout {
    switch role {
    case .plain: .plain
    case .linear, .convolution, .resizingConvolution: .panels
    }
  }

  func element(of stored: ElementType, _ layout: WeightLayout) -> PanelElement {
    PanelElement(stored, layout, .f32)
  }

  func tasks(rows: Int, positions: Int, outputs: Int) -> ProductTasks {
    if let calls {
      let all = rows * positions
      return ProductTasks(
        rows: 1, positions: all, outputs: outputs, height: (all + calls - 1) / calls,
        width: outputs)
    }
    // Of small pictures, calls are smaller, so that threads have work.
    return ProductTasks(
      rows: rows, positions: positions, outputs: outputs, height: 256,
      width: positions < 256 ? 160 : 320)
  }

  /// Every call reads all keys or values: few calls.
  func block(queries: Int, tokens: Int) -> Int { min(queries, 128) }

  func packOutputs(
    _ w: UnsafePointer<Float>, _ shape: FactorShape, stride: Int, factor: Float,
    _ element: PanelElement, _ working: UnsafeMutablePointer<Float>,
    _ packed: UnsafeMutableRawPointer
  ) {
    let count = shape.outputs * shape.depth
    let from = element == .f32 ? packed.assumingMemoryBound(to: Float.self) : working
    ck_copy_rows(w, from, shape.outputs, 4 * shape.depth, 4 * stride, 4 * shape.depth)
    if factor != 1 { ck_scale(factor, from, from, count) }
    if element != .f32 { element.narrow(from, count, packed) }
  }

  func packInputs(
    _ w: UnsafePointer<Float>, _ shape: FactorShape, stride: Int,
    _ working: UnsafeMutablePointer<Float>, _ packed: UnsafeMutableRawPointer
  ) {
    let to = packed.assumingMemoryBound(to: Float.self)
    // Sixteen inputs at a time: whole lines of the cache are written.
    for first in Swift.stride(from: 0, to: shape.inputs, by: 16) {
      let rest = min(16, shape.inputs - first)
      for output in 0..<shape.outputs {
        for input in first..<first + rest {
          to[output * shape.inputs + input] = w[input * stride + output]
        }
      }
    }
  }

  func working(rows: Int, outputs: Int) -> Int { (rows + outputs) * Self.block }

  func multiply(_ product: ck_product, _ working: UnsafeMutablePointer<Float>?) {
    let outputs = product.outputs
    if let bias = product.bias {
      ck_fill_rows(bias, product.y, product.rows, outputs, product.stride)
    }
    var adds = product.bias != nil
    // Whole taps where they are short, else parts of one.
    let many = max(1, min(product.taps, Self.block / product.k))
    for tap in stride(from: 0, to: product.taps, by: many) {
      for first in stride(from: 0, to: product.k, by: Self.block) {
        let taps = tap..<min(product.taps, tap + many)
        let inputs = first..<min(product.k, first + Self.block)
        let depth = taps.count * inputs.count
        let x = self.inputs(product, taps, inputs, working)
        let w = weights(
          product, tap * product.k + first, depth, working.map { $0 + product.rows * Self.block })
        cob_multiply(
          x.first, product.rows, x.stride, w.first, outputs, w.stride, depth, product.y,
          product.stride, adds ? 1 : 0)
        adds = true
      }
    }
  }

  /// A matrix as calls are told of it.
  private struct Matrix {
    var first: UnsafePointer<Float>
    var stride: Int
  }

  /// Some inputs of each row: where they are, or laid out side by side.
  private func inputs(
    _ product: ck_product, _ taps: Range<Int>, _ inputs: Range<Int>,
    _ working: UnsafeMutablePointer<Float>?
  ) -> Matrix {
    if product.taps == 1, let matrix = evenly(product, inputs.lowerBound) { return matrix }
    guard let working, let runs = product.runs else {
      preconditionFailure("inputs that do not lie evenly need working memory")
    }
    let (part, depth) = (inputs.count, taps.count * inputs.count)
    for row in 0..<product.rows {
      for (place, tap) in taps.enumerated() {
        guard let run = runs[row * product.taps + tap] else { continue }
        (working + row * depth + place * part).update(from: run + inputs.lowerBound, count: part)
      }
    }
    return Matrix(first: UnsafePointer(working), stride: depth)
  }

  /// Rows of one run each, where these lie equally far apart, one after the other.
  private func evenly(_ product: ck_product, _ from: Int) -> Matrix? {
    guard let runs = product.runs, let first = runs[0] else { return nil }
    guard product.rows > 1, let second = runs[1] else {
      return Matrix(first: first + from, stride: product.k)
    }
    let stride = second - first
    guard stride >= product.k else { return nil }
    for row in 2..<max(2, product.rows) where runs[row] != first + row * stride { return nil }
    return Matrix(first: first + from, stride: stride)
  }

  /// Some numbers of each output, `from` one on: where they are, or widened.
  private func weights(
    _ product: ck_product, _ from: Int, _ depth: Int, _ working: UnsafeMutablePointer<Float>?
  ) -> Matrix {
    let whole = product.taps * product.k
    guard let weights = product.weights else { preconditionFailure("a product without weights") }
    guard product.element != CK_F32 else {
      return Matrix(first: weights.assumingMemoryBound(to: Float.self) + from, stride: whole)
    }
    guard let working else { preconditionFailure("narrow weights need working memory") }
    let narrow = weights.assumingMemoryBound(to: UInt16.self) + from
    for output in 0..<product.outputs {
      let (x, y) = (narrow + output * whole, working + output * depth)
      if product.element == CK_F16 {
        ck_f16_to_f32(x, y, depth)
      } else {
        ck_bf16_to_f32(x, y, depth)
      }
    }
    return Matrix(first: UnsafePointer(working), stride: depth)
  }
}
