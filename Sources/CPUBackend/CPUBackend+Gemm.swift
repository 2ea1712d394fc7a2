import CKernels
import COpenBLAS
public import Tensors

/// How the product of one row of a batch is cut into calls of OpenBLAS.
///
/// A pure function of the layer and the picture. A panel never spans two rows of the batch, so the
/// shape of a call, and with it the choice of a kernel and the order of its sums, is the same in
/// every batch.
struct Panels {
  let positions: Int
  let outputs: Int
  /// Positions and outputs of one call; the last ones may be smaller.
  let height: Int
  let width: Int

  init(positions: Int, outputs: Int, inputs: Int) {
    (self.positions, self.outputs) = (positions, outputs)
    height = min(positions, 256)
    let tall = (positions + height - 1) / height
    // Small pictures have few panels; their outputs are divided too, so that threads have work. Each
    // part prepares the panel's inputs anew, so small products are left whole.
    let wanted = max(1, min(8 / tall, positions * outputs * inputs / 8_000_000))
    let share = (outputs + wanted - 1) / wanted
    width = min(outputs, max((share + 63) / 64 * 64, 64))
  }

  var down: Int { (positions + height - 1) / height }
  var across: Int { (outputs + width - 1) / width }

  /// Calls of a batch of `rows`.
  func tasks(rows: Int) -> Int { rows * down * across }

  /// The part of call `task`; rows vary before outputs, so that neighbours share weights.
  func panel(_ task: Int, rows: Int) -> (row: Int, positions: Range<Int>, outputs: Range<Int>) {
    let (column, rest) = task.quotientAndRemainder(dividingBy: rows * down)
    let (row, line) = rest.quotientAndRemainder(dividingBy: down)
    return (
      row, line * height..<min(positions, (line + 1) * height),
      column * width..<min(outputs, (column + 1) * width)
    )
  }
}

/// A matrix in memory: the first number and the distance between lines.
struct MatrixView {
  let base: UnsafePointer<Float>
  let stride: Int

  init(_ base: UnsafePointer<Float>, stride: Int) { (self.base, self.stride) = (base, stride) }
}

extension CPUBackend {
  /// `x·Wᵀ + b`: (…, i) → (…, o).
  public func linear(_ x: Tensor, _ weight: Tensor, bias: Tensor?) -> Tensor {
    let inputs = x.shape[x.shape.count - 1]
    let outputs = weight.shape[0]
    precondition(
      weight.count == outputs * inputs, "linear of \(x.shape) with weights \(weight.shape)")
    precondition(bias.map { $0.count == outputs } ?? true, "bias of another size")
    let rows = x.shape.count > 1 ? x.shape[0] : 1
    let positions = x.count / inputs / rows
    let y = make(x.shape.dropLast() + [outputs])
    product(
      rows: rows, Panels(positions: positions, outputs: outputs, inputs: inputs), inputs: inputs,
      x: floats(x),
      weight: floats(weight), bias: bias.map(floats), y: floats(y))
    return y
  }

  /// The product of each row of the batch, (positions, inputs)·(outputs, inputs)ᵀ + bias.
  func product(
    rows: Int, _ panels: Panels, inputs: Int, x: UnsafePointer<Float>,
    weight: UnsafePointer<Float>, bias: UnsafePointer<Float>?, y: UnsafeMutablePointer<Float>
  ) {
    let work = 2 * rows * panels.positions * panels.outputs * inputs
    threads.run(panels.tasks(rows: rows), work: work) { task, _ in
      let (row, positions, outputs) = panels.panel(task, rows: rows)
      let first = row * panels.positions + positions.lowerBound
      Self.panelProduct(
        positions.count, outputs.count, inputs, MatrixView(x + first * inputs, stride: inputs),
        MatrixView(weight + outputs.lowerBound * inputs, stride: inputs),
        bias: bias.map { $0 + outputs.lowerBound },
        y + first * panels.outputs + outputs.lowerBound, stride: panels.outputs)
    }
  }

  /// y = a·bᵀ + bias, a (m, k), b (n, k). The bias is what the sum starts from.
  static func panelProduct(
    _ m: Int, _ n: Int, _ k: Int, _ a: MatrixView, _ b: MatrixView, bias: UnsafePointer<Float>?,
    _ y: UnsafeMutablePointer<Float>, stride: Int
  ) {
    if let bias { ck_fill_rows(bias, y, m, n, stride) }
    multiply(m, n, k, a, b, bTransposed: true, keeping: bias != nil, y, stride: stride)
  }

  /// y = factor·a·b, or y + factor·a·b: a (m, k), b (k, n), or (n, k) where transposed.
  ///
  /// Asked for by columns, with the factors swapped, which is the same product: for rows some builds
  /// of OpenBLAS take a shortcut that depends on the CPU, whatever kernels they were told to use.
  static func multiply(
    _ m: Int, _ n: Int, _ k: Int, _ a: MatrixView, _ b: MatrixView, bTransposed: Bool,
    factor: Float = 1, keeping: Bool = false, _ y: UnsafeMutablePointer<Float>, stride: Int
  ) {
    cblas_sgemm(
      CblasColMajor, bTransposed ? CblasTrans : CblasNoTrans, CblasNoTrans, blasint(n), blasint(m),
      blasint(k), factor, b.base, blasint(b.stride), a.base, blasint(a.stride), keeping ? 1 : 0, y,
      blasint(stride))
  }
}
