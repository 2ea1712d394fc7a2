import CKernels
import Tensors

/// How a backend multiplies matrices: all in which portable and native numerics differ.
///
/// A product is told as `ck_product` has it, by runs of inputs and packed weights. What packed weights
/// look like is the multiplier's own affair; each output's numbers lie together, or those of sixteen.
protocol Multiplier: Sendable {
  /// Whose kernels compute.
  var name: String { get }
  /// How the numbers of keys and values are stored while they are multiplied.
  var factors: PanelElement { get }

  /// How a weight lies in memory; `.tiles` are multiplied by `ck_multiply`.
  func layout(_ role: WeightRole, _ shape: [Int]) -> WeightLayout
  /// How the numbers of a layer's packed weights are stored.
  func element(of stored: ElementType, _ layout: WeightLayout) -> PanelElement
  /// How a layer's product is cut: each of the `rows` of a batch has `positions`.
  func tasks(rows: Int, positions: Int, outputs: Int) -> ProductTasks
  /// Queries of one block of attention, decided by the size of a row alone.
  func block(queries: Int, tokens: Int) -> Int

  /// Packs (outputs, taps · inputs), rows `stride` apart, each number times a factor; `working` has
  /// room for as many packed numbers in float32, where the element is another.
  func packOutputs(
    _ w: UnsafePointer<Float>, _ shape: FactorShape, stride: Int, factor: Float,
    _ element: PanelElement, _ working: UnsafeMutablePointer<Float>,
    _ packed: UnsafeMutableRawPointer)
  /// The same of `factors` from (inputs, outputs), of one tap.
  func packInputs(
    _ w: UnsafePointer<Float>, _ shape: FactorShape, stride: Int,
    _ working: UnsafeMutablePointer<Float>, _ packed: UnsafeMutableRawPointer)

  /// Numbers of working memory that a product of so many rows and outputs needs.
  func working(rows: Int, outputs: Int) -> Int
  /// Makes a product. Without working memory, inputs are one run a row, all equally far apart, and
  /// weights are stored as `factors` are.
  func multiply(_ product: ck_product, _ working: UnsafeMutablePointer<Float>?)
}

/// The size of one side of a product: outputs, each with `taps` runs of `inputs` numbers.
struct FactorShape {
  let outputs, taps, inputs: Int

  /// Numbers of one output.
  var depth: Int { taps * inputs }
}
