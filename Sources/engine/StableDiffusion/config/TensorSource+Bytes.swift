extension TensorSource.Part {
  /// The shape of the stored tensor of which this part has `shape`.
  func storedShape(of shape: [Int]) -> [Int] {
    switch self {
    case .whole: shape
    case .third: [3 * shape[0]] + shape.dropFirst()
    case .transposed: shape.reversed()
    }
  }

  /// Calls `body` with the bytes of this part, which has `shape`; `size` is that of one number.
  func withBytes<Result>(
    _ stored: UnsafeRawBufferPointer, shape: [Int], size: Int,
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    switch self {
    case .whole: return try body(stored)
    case .third(let index):
      let count = stored.count / 3
      return try body(UnsafeRawBufferPointer(rebasing: stored[index * count..<(index + 1) * count]))
    case .transposed:
      let (rows, columns) = (shape[0], shape[1])
      let turned = UnsafeMutableRawBufferPointer.allocate(byteCount: stored.count, alignment: 64)
      defer { turned.deallocate() }
      for row in 0..<rows {
        for column in 0..<columns {
          let (from, to) = ((column * rows + row) * size, (row * columns + column) * size)
          for byte in 0..<size { turned[to + byte] = stored[from + byte] }
        }
      }
      return try body(UnsafeRawBufferPointer(turned))
    }
  }
}
