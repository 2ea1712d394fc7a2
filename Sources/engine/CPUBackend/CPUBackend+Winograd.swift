import CKernels
import Tensors

extension CPUBackend {
  /// A 3×3 convolution by tiles of 2×2 positions: (n, h, w, i) → (n, h, w, o), y.
  func winograd(_ x: Tensor, _ weights: PackedWeights, bias: Tensor?, _ y: Tensor) {
    let (height, width, inputs) = (x.shape[1], x.shape[2], x.shape[3])
    let outputs = y.shape[3]
    precondition(bias.map { $0.count == outputs } ?? true, "bias of another size")
    let nothing = zeros(inputs)
    let tiles = PictureTiles(
      height: height, width: width, inputs: inputs, outputs: outputs, x: floats(x),
      zeros: floats(nothing), y: floats(y))
    let tasks = ProductTasks(
      positions: x.shape[0] * tiles.count, outputs: outputs, height: 64)
    let start = bias.map(floats)
    // Addresses, the tiles' transformed inputs, and the sixteen products.
    let addresses = max(tasks.height, 16)
    let (across, depth) = (tasks.height * inputs, tasks.height * tasks.width)
    let scratch = scratch(2 * addresses + 16 * (across + depth))
    let work = 2 * 9 * x.shape[0] * height * width * outputs * inputs
    threads.run(tasks.count, work: work) { task, thread in
      let (range, chunk) = tasks.part(task)
      let runs = scratch.addresses(thread)
      let v = scratch.part(thread) + 2 * addresses
      let m = v + 16 * across
      for (place, tile) in range.enumerated() {
        tiles.placeInputs(of: tile, runs)
        ck_winograd_input(runs, inputs, across, v + place * inputs)
      }
      for matrix in 0..<16 {
        let first = v + matrix * across
        for place in 0..<range.count { runs[place] = UnsafePointer(first + place * inputs) }
        var product = ck_product(
          runs: runs, rows: range.count, taps: 1, k: inputs,
          weights: weights.panel(matrix, from: chunk.lowerBound),
          element: weights.element.ofProduct, outputs: chunk.count, bias: nil,
          y: m + matrix * depth, stride: chunk.count)
        ck_multiply(&product)
      }
      let bias = start.map { UnsafePointer($0 + chunk.lowerBound) }
      let places = UnsafeMutableRawPointer(runs).assumingMemoryBound(
        to: UnsafeMutablePointer<Float>?.self)
      for (place, tile) in range.enumerated() {
        tiles.placeOutputs(of: tile, from: chunk.lowerBound, places)
        ck_winograd_output(m + place * chunk.count, depth, chunk.count, bias, places)
      }
    }
  }
}

/// The tiles of a batch of pictures, each 2×2 positions, numbered row by row, picture after picture.
private struct PictureTiles {
  let height, width, inputs, outputs: Int
  let x: UnsafePointer<Float>
  let zeros: UnsafePointer<Float>
  let y: UnsafeMutablePointer<Float>

  private var across: Int { (width + 1) / 2 }
  /// Tiles of one picture.
  var count: Int { (height + 1) / 2 * across }

  /// The first position of a tile, which may be the last one of its line or column.
  private func origin(_ tile: Int) -> (picture: Int, line: Int, column: Int) {
    let (picture, place) = tile.quotientAndRemainder(dividingBy: count)
    let (line, column) = place.quotientAndRemainder(dividingBy: across)
    return (picture, 2 * line, 2 * column)
  }

  /// The addresses of a tile's 4×4 inputs.
  func placeInputs(of tile: Int, _ places: Runs) {
    let (picture, line, column) = origin(tile)
    for place in 0..<16 {
      let (down, right) = (line + place / 4 - 1, column + place % 4 - 1)
      let inside = (0..<height).contains(down) && (0..<width).contains(right)
      places[place] = inside ? x + ((picture * height + down) * width + right) * inputs : zeros
    }
  }

  /// The addresses of a tile's 2×2 outputs, from an output on; `nil` outside the picture.
  func placeOutputs(
    of tile: Int, from first: Int, _ places: UnsafeMutablePointer<UnsafeMutablePointer<Float>?>
  ) {
    let (picture, line, column) = origin(tile)
    for place in 0..<4 {
      let (down, right) = (line + place / 2, column + place % 2)
      let address = y + ((picture * height + down) * width + right) * outputs + first
      places[place] = down < height && right < width ? address : nil
    }
  }
}
