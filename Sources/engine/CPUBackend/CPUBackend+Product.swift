import CKernels
public import Tensors

/// How a product is cut into tasks, each some positions and some outputs.
struct ProductTasks {
  /// Parts of the positions that are cut alike: the rows of a batch, or one that is all of them.
  let rows: Int
  /// Positions of each part, and outputs of all.
  let positions, outputs: Int
  /// Positions and outputs of one task; the last ones may be smaller.
  let height, width: Int

  /// Cuts all rows of a batch alike, so that no task has positions of two of them.
  init(rows: Int, positions: Int, outputs: Int, height: Int, width: Int) {
    (self.rows, self.positions, self.outputs) = (rows, positions, outputs)
    (self.height, self.width) = (min(positions, height), min(outputs, width))
  }

  /// Cuts the positions of all rows of a batch, where the cut decides what threads do and what caches
  /// hold, and no bit.
  init(positions: Int, outputs: Int, height: Int = 128) {
    let tall = (positions + height - 1) / height
    // Small pictures have few positions; outputs are divided too, so that threads have work.
    let parts = max(1, 16 / max(1, tall))
    self.init(
      rows: 1, positions: positions, outputs: outputs, height: height,
      width: ((outputs + parts - 1) / parts + 31) / 32 * 32)
  }

  private var down: Int { (positions + height - 1) / height }
  /// Tasks of all rows.
  var count: Int { rows * down * ((outputs + width - 1) / width) }
  /// Positions of all rows.
  var allPositions: Int { rows * positions }

  /// The part that task `index` makes, its positions counted over all rows; they vary before outputs,
  /// so that neighbours share weights.
  func part(_ index: Int) -> (positions: Range<Int>, outputs: Range<Int>) {
    let (column, place) = index.quotientAndRemainder(dividingBy: rows * down)
    let (row, line) = place.quotientAndRemainder(dividingBy: down)
    let first = row * positions
    return (
      first + line * height..<first + min(positions, (line + 1) * height),
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
    // Of a vector alone, the one row is itself.
    let rows = x.shape.count > 1 ? x.shape[0] : 1
    product(
      multiplier.tasks(rows: rows, positions: x.count / inputs / rows, outputs: outputs), taps: 1,
      inputs: inputs, weight, bias, y
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
    let addresses = tasks.height * taps * 2
    let scratch = scratch(
      addresses + multiplier.working(rows: tasks.height, outputs: tasks.width))
    threads.run(tasks.count, work: 2 * tasks.allPositions * outputs * depth) { task, thread in
      let (positions, chunk) = tasks.part(task)
      let runs = scratch.addresses(thread)
      place(positions, runs)
      let product = ck_product(
        runs: runs, rows: positions.count, taps: taps, k: inputs,
        weights: weights.panel(0, from: chunk.lowerBound),
        element: weights.element.ofProduct, outputs: chunk.count,
        bias: start.map { UnsafePointer($0 + chunk.lowerBound) },
        y: to + positions.lowerBound * outputs + chunk.lowerBound, stride: outputs)
      multiplier.multiply(product, scratch.part(thread) + addresses)
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
