import CKernels
public import Tensors

extension CPUBackend {
  /// Positions whose sums are taken together in group normalisation.
  static let normChunk = 64

  /// Group normalisation over `(h, w, c / groups)` of each row: (n, h, w, c) or (n, s, c), unchanged.
  public func groupNorm(
    _ x: Tensor, groups: Int, _ gain: Tensor, _ shift: Tensor, eps: Float, thenSiLU: Bool
  ) -> Tensor {
    let rows = x.shape[0]
    let channels = x.shape[x.shape.count - 1]
    precondition(channels % groups == 0, "\(channels) channels in \(groups) groups")
    precondition(gain.count == channels && shift.count == channels, "gain of another size")
    let positions = x.count / rows / channels
    let chunks = (positions + Self.normChunk - 1) / Self.normChunk
    let y = make(x.shape)
    let sums = pool.buffer(rows * chunks * channels * 4)
    let rowValues = pool.buffer(2 * rows * channels * 4)
    let (from, to, gains, shifts) = (floats(x), floats(y), floats(gain), floats(shift))
    let partial = sums.pointer.assumingMemoryBound(to: Float.self)
    let means = rowValues.pointer.assumingMemoryBound(to: Float.self)
    let scales = means + rows * channels
    let count = Float(positions * (channels / groups))

    /// Calls `body(row, chunk, first number, positions)` for every chunk of every row.
    func chunkwise(_ cost: Int, _ body: (Int, Int, Int, Int) -> Void) {
      threads.run(rows * chunks, work: cost * x.count) { task, _ in
        let (row, chunk) = task.quotientAndRemainder(dividingBy: chunks)
        let first = chunk * Self.normChunk
        body(
          row, task, (row * positions + first) * channels, min(Self.normChunk, positions - first))
      }
    }
    chunkwise(7) { _, chunk, first, size in
      ck_channel_sums(from + first, size, channels, partial + chunk * channels)
    }
    threads.run(rows, work: rows * chunks * channels) { row, _ in
      let sums = partial + row * chunks * channels
      ck_join_sums(sums, chunks, channels)
      ck_group_means(sums, channels, groups, count, means + row * channels)
    }
    chunkwise(7) { row, chunk, first, size in
      ck_channel_squares(
        from + first, size, channels, means + row * channels, partial + chunk * channels)
    }
    threads.run(rows, work: rows * chunks * channels) { row, _ in
      let squares = partial + row * chunks * channels
      ck_join_sums(squares, chunks, channels)
      ck_group_scales(squares, channels, groups, count, eps, gains, scales + row * channels)
    }
    chunkwise(thenSiLU ? 60 : 25) { row, _, first, size in
      ck_channel_normalise(
        from + first, size, channels, means + row * channels, scales + row * channels, shifts,
        thenSiLU ? 1 : 0, to + first)
    }
    return y
  }

  /// Layer normalisation over the last axis.
  public func layerNorm(_ x: Tensor, _ gain: Tensor, _ shift: Tensor, eps: Float) -> Tensor {
    let channels = x.shape[x.shape.count - 1]
    precondition(gain.count == channels && shift.count == channels, "gain of another size")
    let y = make(x.shape)
    let (from, to, gains, shifts) = (floats(x), floats(y), floats(gain), floats(shift))
    chunked(x.count / channels, size: max(1, 16_384 / channels), cost: 30 * channels) { range in
      let first = range.lowerBound * channels
      ck_layer_norm(from + first, range.count, channels, gains, shifts, eps, to + first)
    }
    return y
  }

  /// Calls `body` with ranges of at most `size` that cover `count` items, each worth `cost`.
  func chunked(_ count: Int, size: Int, cost: Int, _ body: (Range<Int>) -> Void) {
    threads.run((count + size - 1) / size, work: count * cost) { task, _ in
      body(task * size..<min(count, (task + 1) * size))
    }
  }
}
