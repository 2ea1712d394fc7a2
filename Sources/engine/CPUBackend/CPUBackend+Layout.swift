import CKernels
public import Tensors

extension CPUBackend {
  /// Joins along the last axis: (n, h, w, a) and (n, h, w, b) → (n, h, w, a + b).
  public func concatChannels(_ x: Tensor, _ y: Tensor) -> Tensor {
    precondition(x.shape.dropLast() == y.shape.dropLast(), "joining \(x.shape) and \(y.shape)")
    let a = x.shape[x.shape.count - 1]
    let b = y.shape[y.shape.count - 1]
    let both = a + b
    let joined = make(x.shape.dropLast() + [both])
    let (left, right, to) = (floats(x), floats(y), floats(joined))
    let size = max(1, Self.elementChunk / both)
    chunked(joined.count / both, size: size, cost: 15 * both) { range in
      let to = to + range.lowerBound * both
      ck_copy_rows(left + range.lowerBound * a, to, range.count, a * 4, a * 4, both * 4)
      ck_copy_rows(right + range.lowerBound * b, to + a, range.count, b * 4, b * 4, both * 4)
    }
    return joined
  }

  /// Joins along the first axis.
  public func concatRows(_ parts: [Tensor]) -> Tensor {
    guard let first = parts.first else { preconditionFailure("nothing to join") }
    guard parts.count > 1 else { return first }
    precondition(
      parts.allSatisfy { $0.shape.dropFirst() == first.shape.dropFirst() }
        && parts.allSatisfy { $0.element == first.element }, "joining unequal rows")
    let rows = parts.reduce(0) { $0 + $1.shape[0] }
    let joined = make([rows] + first.shape.dropFirst(), first.element)
    var to = pointer(joined)
    for part in parts {
      to.copyMemory(from: pointer(part), byteCount: byteCount(part))
      to += byteCount(part)
    }
    return joined
  }

  /// Doubles height and width by repetition: (n, h, w, c) → (n, 2h, 2w, c).
  public func upsampleNearest(_ x: Tensor) -> Tensor {
    precondition(x.shape.count == 4, "upsampling \(x.shape)")
    let (rows, height, width, channels) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    let y = make([rows, 2 * height, 2 * width, channels])
    let (from, to) = (floats(x), floats(y))
    let (line, bytes) = (width * channels, channels * 4)
    chunked(rows * height, size: max(1, Self.elementChunk / line), cost: 60 * line) { range in
      for index in range {
        let from = from + index * line
        let to = to + index * 4 * line
        ck_copy_rows(from, to, width, bytes, bytes, 2 * bytes)
        ck_copy_rows(from, to + channels, width, bytes, bytes, 2 * bytes)
        (to + 2 * line).update(from: to, count: 2 * line)
      }
    }
    return y
  }

  /// (n, c, h, w) → (n, h, w, c).
  public func channelsLast(_ x: Tensor) -> Tensor {
    precondition(x.shape.count == 4, "channelsLast of \(x.shape)")
    let (rows, channels, height, width) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    return transposed(x, channels, height * width, to: [rows, height, width, channels])
  }

  /// (n, h, w, c) → (n, c, h, w).
  public func channelsFirst(_ x: Tensor) -> Tensor {
    precondition(x.shape.count == 4, "channelsFirst of \(x.shape)")
    let (rows, height, width, channels) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    return transposed(x, height * width, channels, to: [rows, channels, height, width])
  }

  private func transposed(_ x: Tensor, _ lines: Int, _ columns: Int, to shape: [Int]) -> Tensor {
    let y = make(shape)
    let (from, to) = (floats(x), floats(y))
    chunked(shape[0], size: 1, cost: 300 * lines * columns) { range in
      let first = range.lowerBound * lines * columns
      ck_transpose(from + first, to + first, lines, columns)
    }
    return y
  }

  /// Rows of `table` by index: ids of (n, s) → (n, s, c).
  public func embed(_ ids: [[Int]], _ table: Tensor) -> Tensor {
    let length = ids.first?.count ?? 0
    let channels = table.shape[1]
    precondition(ids.allSatisfy { $0.count == length }, "rows of ids have one length")
    let y = make([ids.count, length, channels])
    let (from, to) = (floats(table), floats(y))
    for (index, id) in ids.joined().enumerated() {
      precondition((0..<table.shape[0]).contains(id), "id \(id) outside \(table.shape)")
      (to + index * channels).update(from: from + id * channels, count: channels)
    }
    return y
  }
}
