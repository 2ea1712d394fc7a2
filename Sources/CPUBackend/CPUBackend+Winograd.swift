import CKernels
import Tensors

/// Transformed weights of a 3×3 convolution that keeps the size: sixteen packed matrices.
final class WinogradWeights: Storage {
  let memory: PooledMemory
  /// Numbers of one of the matrices.
  let stride: Int

  init(_ memory: PooledMemory, stride: Int) { (self.memory, self.stride) = (memory, stride) }

  var byteCount: Int { memory.byteCount }

  /// One of the sixteen.
  func matrix(_ place: Int) -> UnsafePointer<Float> {
    UnsafePointer(memory.pointer.assumingMemoryBound(to: Float.self) + place * stride)
  }

  /// Whether a convolution of these weights is made so: decided by its weights alone, so that every
  /// picture's is. Few channels leave the products too small; of very many outputs, the pictures are
  /// small and reading 16 numbers for 9 costs more than it saves.
  static func suits(_ shape: [Int]) -> Bool {
    shape.count == 4 && shape[2] == 3 && shape[3] == 3 && shape[1] >= 32
      && (32...640).contains(shape[0])
  }
}

extension CPUBackend {
  /// Transforms a 3×3 convolution's weights, (outputs, inputs, 3, 3).
  func winograd(_ weights: UnsafePointer<Float>, shape: [Int]) -> Tensor {
    let (outputs, inputs) = (shape[0], shape[1])
    let stride = ck_packed_count(outputs, inputs)
    let storage = WinogradWeights(pool.exact(16 * stride * 4), stride: stride)
    let base = storage.memory.pointer.assumingMemoryBound(to: Float.self)
    let plain = scratch(outputs * inputs)
    threads.run(16, work: 16 * 40 * outputs * inputs) { place, thread in
      let part = plain.part(thread)
      ck_winograd_weights(weights, outputs, inputs, Int32(place), part)
      ck_pack_outputs(part, outputs, inputs, inputs, 1, base + place * stride)
    }
    return Tensor(shape, .f32, storage)
  }

  /// A 3×3 convolution by tiles of 2×2 positions: (n, h, w, i) → (n, h, w, o), y.
  func winograd(_ x: Tensor, _ weights: WinogradWeights, bias: Tensor?, _ y: Tensor) {
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
    let (across, depth) = (tasks.height * inputs, tasks.height * tasks.width)
    let scratch = scratch(2 * tasks.height + 16 * (across + depth))
    let work = 2 * 9 * x.shape[0] * height * width * outputs * inputs
    threads.run(tasks.count, work: work) { task, thread in
      let (range, chunk) = tasks.part(task)
      let runs = scratch.addresses(thread)
      let v = scratch.part(thread) + 2 * tasks.height
      let m = v + 16 * across
      for (place, tile) in range.enumerated() {
        tiles.withInputs(of: tile) { ck_winograd_input($0, inputs, across, v + place * inputs) }
      }
      for matrix in 0..<16 {
        let first = v + matrix * across
        for place in 0..<range.count { runs[place] = UnsafePointer(first + place * inputs) }
        var product = ck_product(
          runs: runs, rows: range.count, taps: 1, k: inputs,
          weights: weights.matrix(matrix) + chunk.lowerBound * inputs, outputs: chunk.count,
          bias: nil, y: m + matrix * depth, stride: chunk.count)
        ck_multiply(&product)
      }
      let bias = start.map { UnsafePointer($0 + chunk.lowerBound) }
      for (place, tile) in range.enumerated() {
        tiles.withOutputs(of: tile, from: chunk.lowerBound) {
          ck_winograd_output(m + place * chunk.count, depth, chunk.count, bias, $0)
        }
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

  /// Lends the addresses of a tile's 4×4 inputs.
  func withInputs(of tile: Int, _ body: (UnsafePointer<UnsafePointer<Float>?>) -> Void) {
    let (picture, line, column) = origin(tile)
    withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: 16) { places in
      for place in 0..<16 {
        let (down, right) = (line + place / 4 - 1, column + place % 4 - 1)
        let inside = (0..<height).contains(down) && (0..<width).contains(right)
        let address = inside ? x + ((picture * height + down) * width + right) * inputs : zeros
        (places.baseAddress.unsafelyUnwrapped + place).initialize(to: address)
      }
      body(UnsafePointer(places.baseAddress.unsafelyUnwrapped))
    }
  }

  /// Lends the addresses of a tile's 2×2 outputs, from an output on.
  func withOutputs(
    of tile: Int, from first: Int, _ body: (UnsafePointer<UnsafeMutablePointer<Float>?>) -> Void
  ) {
    let (picture, line, column) = origin(tile)
    withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Float>?.self, capacity: 4) { places in
      for place in 0..<4 {
        let (down, right) = (line + place / 2, column + place % 2)
        let inside = down < height && right < width
        let address = y + ((picture * height + down) * width + right) * outputs + first
        (places.baseAddress.unsafelyUnwrapped + place).initialize(to: inside ? address : nil)
      }
      body(UnsafePointer(places.baseAddress.unsafelyUnwrapped))
    }
  }
}
