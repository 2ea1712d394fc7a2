import CKernels
public import Tensors

/// How a product is cut into tasks, each some positions, of all rows of a batch, and some outputs.
///
/// The cut decides what threads do and what caches hold, never a bit.
struct ProductTasks {
  let positions: Int
  let outputs: Int
  /// Positions and outputs of one task; the last ones may be smaller.
  let height: Int
  let width: Int

  init(positions: Int, outputs: Int, height: Int = 128) {
    (self.positions, self.outputs) = (positions, outputs)
    self.height = min(positions, height)
    let tall = (positions + self.height - 1) / self.height
    // Small pictures have few positions; outputs are divided too, so that threads have work.
    let parts = max(1, 16 / tall)
    width = min(outputs, ((outputs + parts - 1) / parts + 31) / 32 * 32)
  }

  private var down: Int { (positions + height - 1) / height }
  var count: Int { down * ((outputs + width - 1) / width) }

  /// The part that task `index` makes; positions vary before outputs, so that neighbours share
  /// weights.
  func part(_ index: Int) -> (positions: Range<Int>, outputs: Range<Int>) {
    let (column, line) = index.quotientAndRemainder(dividingBy: down)
    return (
      line * height..<min(positions, (line + 1) * height),
      column * width..<min(outputs, (column + 1) * width)
    )
  }
}

/// Where the inputs of a task's positions begin: (positions, taps) addresses.
typealias Runs = UnsafeMutablePointer<UnsafePointer<Float>?>

extension CPUBackend {
  /// `x·Wᵀ + b`: (…, i) → (…, o).
  public func linear(_ x: Tensor, _ weight: Tensor, bias: Tensor?) -> Tensor {
    let inputs = x.shape[x.shape.count - 1]
    let outputs = weight.shape[0]
    precondition(
      weight.count == outputs * inputs, "linear of \(x.shape) with weights \(weight.shape)")
    let y = make(x.shape.dropLast() + [outputs])
    let from = floats(x)
    product(
      ProductTasks(positions: x.count / inputs, outputs: outputs), taps: 1, inputs: inputs,
      weight, bias, y
    ) { positions, runs in
      for (place, position) in positions.enumerated() {
        runs[place] = UnsafePointer(from + position * inputs)
      }
    }
    return y
  }

  /// Each position's `taps` runs of `inputs` numbers, which `place` finds, times packed weights, plus
  /// bias, into y (positions, outputs).
  func product(
    _ tasks: ProductTasks, taps: Int, inputs: Int, _ weight: Tensor, _ bias: Tensor?, _ y: Tensor,
    place: (_ positions: Range<Int>, _ runs: Runs) -> Void
  ) {
    precondition(bias.map { $0.count == tasks.outputs } ?? true, "bias of another size")
    let (depth, outputs) = (taps * inputs, tasks.outputs)
    let (weights, start, to) = (packed(weight), bias.map(floats), floats(y))
    let scratch = scratch(tasks.height * taps * 2)
    threads.run(tasks.count, work: 2 * tasks.positions * outputs * depth) { task, thread in
      let (positions, chunk) = tasks.part(task)
      let runs = scratch.addresses(thread)
      place(positions, runs)
      var product = ck_product(
        runs: runs, rows: positions.count, taps: taps, k: inputs,
        weights: weights.panel(0, from: chunk.lowerBound),
        element: weights.element.ofProduct, outputs: chunk.count,
        bias: start.map { UnsafePointer($0 + chunk.lowerBound) },
        y: to + positions.lowerBound * outputs + chunk.lowerBound, stride: outputs)
      ck_multiply(&product)
    }
  }

  /// The weights that a product reads, made by `weight`.
  func packed(_ weight: Tensor) -> PackedWeights {
    guard let weights = weight.storage as? PackedWeights else {
      preconditionFailure("weights of a product are made by `weight`")
    }
    return weights
  }
}
