extension PixelBuffer {
  /// The picture at another size by a box filter: each new pixel is the mean of the area it covers.
  ///
  /// The means are computed in integers and rounded half up, so they are the same everywhere.
  public func resized(width newWidth: Int, height newHeight: Int) -> PixelBuffer {
    precondition(newWidth > 0 && newHeight > 0)
    if newWidth == width && newHeight == height { return self }
    let columns = boxes(from: width, to: newWidth)
    let rows = boxes(from: height, to: newHeight)
    let total = UInt64(width) * UInt64(height)
    let size = newWidth * newHeight * 3
    let result = [UInt8](unsafeUninitializedCapacity: size) { out, count in
      var sums = [UInt64](repeating: 0, count: newWidth * 3)
      for (y, box) in rows.enumerated() {
        for at in sums.indices { sums[at] = 0 }
        for (row, weight) in box { add(row: row, times: weight, columns, to: &sums) }
        for at in sums.indices {
          out[y * newWidth * 3 + at] = UInt8((sums[at] + total / 2) / total)
        }
      }
      count = size
    }
    return PixelBuffer(width: newWidth, height: newHeight, bytes: result)
  }

  /// The picture with every pixel repeated `factor` times in both directions.
  public func enlarged(by factor: Int) -> PixelBuffer {
    precondition(factor > 0)
    if factor == 1 { return self }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count * factor * factor)
    for y in 0..<height {
      let start = result.count
      for x in 0..<width {
        let at = (y * width + x) * 3
        for _ in 0..<factor { result += bytes[at..<at + 3] }
      }
      let row = Array(result[start...])
      for _ in 1..<factor { result += row }
    }
    return PixelBuffer(width: width * factor, height: height * factor, bytes: result)
  }

  /// The picture scaled down so that its long side is at most `side`; smaller ones stay as they are.
  public func thumbnail(longSide side: Int) -> PixelBuffer {
    let size = PictureSize(width: width, height: height).fitted(longSide: side)
    return resized(width: size.width, height: size.height)
  }

  private typealias Box = [(index: Int, weight: UInt64)]

  /// For each new pixel the old ones it covers; weights are in units of 1/`new`, `old` in all.
  private func boxes(from old: Int, to new: Int) -> [Box] {
    (0..<new).map { pixel in
      let (low, high) = (pixel * old, (pixel + 1) * old)
      return (low / new...(high - 1) / new).map { index in
        (index, UInt64(min(high, (index + 1) * new) - max(low, index * new)))
      }
    }
  }

  private func add(row: Int, times weight: UInt64, _ columns: [Box], to sums: inout [UInt64]) {
    bytes.withUnsafeBufferPointer { source in
      let start = row * width * 3
      for (x, box) in columns.enumerated() {
        var (red, green, blue): (UInt64, UInt64, UInt64) = (0, 0, 0)
        for (column, share) in box {
          let at = start + column * 3
          red += share * UInt64(source[at])
          green += share * UInt64(source[at + 1])
          blue += share * UInt64(source[at + 2])
        }
        sums[x * 3] += weight * red
        sums[x * 3 + 1] += weight * green
        sums[x * 3 + 2] += weight * blue
      }
    }
  }
}
