import CKernels
import Tensors

/// Products by our own kernels, whose bits depend on a number's own inputs and weights alone: rows of
/// a batch may share one.
struct PortableProducts: Multiplier {
  let precision: ProductPrecision

  var name: String { "portable" }
  var factors: PanelElement { PanelElement(precision) }

  func layout(_ role: WeightRole, _ shape: [Int]) -> WeightLayout { WeightLayout(role, shape) }

  func element(of stored: ElementType, _ layout: WeightLayout) -> PanelElement {
    PanelElement(stored, layout, precision)
  }

  func tasks(rows: Int, positions: Int, outputs: Int) -> ProductTasks {
    ProductTasks(positions: rows * positions, outputs: outputs)
  }

  /// A block's scores stay in a core's own cache.
  func block(queries: Int, tokens: Int) -> Int {
    min(queries, max(16, min(128, 131_072 / tokens / 8 * 8)))
  }

  func packOutputs(
    _ w: UnsafePointer<Float>, _ shape: FactorShape, stride: Int, factor: Float,
    _ element: PanelElement, _ working: UnsafeMutablePointer<Float>,
    _ packed: UnsafeMutableRawPointer
  ) {
    store(shape, element, working, packed) {
      ck_pack_outputs(w, shape.outputs, shape.depth, stride, factor, $0)
    }
  }

  func packInputs(
    _ w: UnsafePointer<Float>, _ shape: FactorShape, stride: Int,
    _ working: UnsafeMutablePointer<Float>, _ packed: UnsafeMutableRawPointer
  ) {
    store(shape, factors, working, packed) {
      ck_pack_inputs(w, shape.outputs, shape.depth, stride, $0)
    }
  }

  private func store(
    _ shape: FactorShape, _ element: PanelElement, _ working: UnsafeMutablePointer<Float>,
    _ packed: UnsafeMutableRawPointer, _ pack: (UnsafeMutablePointer<Float>) -> Void
  ) {
    guard element != .f32 else { return pack(packed.assumingMemoryBound(to: Float.self)) }
    pack(working)
    element.store(
      working, outputs: shape.outputs, taps: shape.taps, inputs: shape.inputs, packed)
  }

  func working(rows: Int, outputs: Int) -> Int { 0 }

  func multiply(_ product: ck_product, _ working: UnsafeMutablePointer<Float>?) {
    var product = product
    ck_multiply(&product)
  }
}
