import CKernels
public import Tensors

extension CPUBackend {
  /// Numbers that one task of an elementwise operation takes.
  static let elementChunk = 16_384

  /// An elementwise function.
  public func activate(_ x: Tensor, _ function: Activation) -> Tensor {
    let y = make(x.shape)
    let (from, to) = (floats(x), floats(y))
    chunked(x.count, size: Self.elementChunk, cost: 60) { range in
      let (from, to) = (from + range.lowerBound, to + range.lowerBound)
      switch function {
      case .silu: ck_silu(from, to, range.count)
      case .gelu: ck_gelu(from, to, range.count)
      case .quickGELU: ck_quick_gelu(from, to, range.count)
      }
    }
    return y
  }

  /// `a · gelu(b)` where the last axis of `x` is `a` then `b`: (…, 2c) → (…, c).
  public func geglu(_ x: Tensor) -> Tensor {
    let both = x.shape[x.shape.count - 1]
    precondition(both % 2 == 0, "geglu halves the last axis of \(x.shape)")
    let y = make(x.shape.dropLast() + [both / 2])
    let (from, to) = (floats(x), floats(y))
    chunked(x.count / both, size: max(1, Self.elementChunk / both), cost: 40 * both) { range in
      ck_geglu(
        from + range.lowerBound * both, to + range.lowerBound * (both / 2), range.count, both / 2)
    }
    return y
  }

  /// `x + y`, equal shapes.
  public func add(_ x: Tensor, _ y: Tensor) -> Tensor {
    precondition(x.shape == y.shape, "add of \(x.shape) and \(y.shape)")
    let sum = make(x.shape)
    let (a, b, to) = (floats(x), floats(y), floats(sum))
    chunked(x.count, size: Self.elementChunk, cost: 12) { range in
      ck_add(a + range.lowerBound, b + range.lowerBound, to + range.lowerBound, range.count)
    }
    return sum
  }

  /// Adds a vector to every position of a row: (n, h, w, c) + (n, c).
  public func addToChannels(_ x: Tensor, _ vector: Tensor) -> Tensor {
    let rows = x.shape[0]
    let channels = x.shape[x.shape.count - 1]
    precondition(vector.shape == [rows, channels], "adding \(vector.shape) to \(x.shape)")
    let y = make(x.shape)
    let (from, vectors, to) = (floats(x), floats(vector), floats(y))
    let positions = x.count / rows / channels
    let size = max(1, Self.elementChunk / channels)
    let chunks = (positions + size - 1) / size
    threads.run(rows * chunks, work: 12 * x.count) { task, _ in
      let (row, chunk) = task.quotientAndRemainder(dividingBy: chunks)
      let first = (row * positions + chunk * size) * channels
      ck_add_vector(
        from + first, vectors + row * channels, to + first, min(size, positions - chunk * size),
        channels)
    }
    return y
  }

  /// `Σ cᵢ·xᵢ`, multiplied and added in this order, equal shapes.
  public func combine(_ terms: [(Float, Tensor)]) -> Tensor {
    guard let (factor, x) = terms.first else { preconditionFailure("nothing to combine") }
    precondition(terms.allSatisfy { $0.1.shape == x.shape }, "combining unequal shapes")
    let y = make(x.shape)
    let (from, to) = (floats(x), floats(y))
    let others = terms.dropFirst().map { ($0.0, floats($0.1)) }
    chunked(x.count, size: Self.elementChunk, cost: 12 * terms.count) { range in
      let to = to + range.lowerBound
      ck_scale(factor, from + range.lowerBound, to, range.count)
      for (factor, other) in others {
        ck_axpy(factor, other + range.lowerBound, to, range.count)
      }
    }
    return y
  }

  /// `mask ? x : y`, number by number, bits untouched; the mask has the last axes of both.
  public func select(_ mask: Tensor, _ x: Tensor, _ y: Tensor) -> Tensor {
    precondition(
      x.shape == y.shape && x.shape.suffix(mask.shape.count) == mask.shape[...],
      "selecting from \(x.shape) and \(y.shape) by \(mask.shape)")
    let chosen = make(x.shape)
    let (gates, a, b, to) = (floats(mask), floats(x), floats(y), floats(chosen))
    let plane = mask.count
    chunked(x.count / plane, size: max(1, Self.elementChunk / plane), cost: 12 * plane) { range in
      for first in range.map({ $0 * plane }) {
        ck_choose(gates, a + first, b + first, to + first, plane)
      }
    }
    return chosen
  }

  /// The same numbers in another element type.
  public func cast(_ x: Tensor, to element: ElementType) -> Tensor {
    guard element != x.element else { return x }
    guard x.element == .f32 || element == .f32 else {
      return cast(cast(x, to: .f32), to: element)
    }
    let y = make(x.shape, element)
    let (from, to) = (pointer(x), pointer(y))
    let (wide, narrow) = (x.element.byteCount, element.byteCount)
    chunked(x.count, size: Self.elementChunk, cost: 20) { range in
      let (from, to) = (from + range.lowerBound * wide, to + range.lowerBound * narrow)
      if element == .f32 {
        Self.widen(
          UnsafeRawBufferPointer(start: from, count: range.count * wide), x.element,
          to.assumingMemoryBound(to: Float.self), range.count)
      } else if element == .f16 {
        ck_f32_to_f16(
          from.assumingMemoryBound(to: Float.self), to.assumingMemoryBound(to: UInt16.self),
          range.count)
      } else {
        ck_f32_to_bf16(
          from.assumingMemoryBound(to: Float.self), to.assumingMemoryBound(to: UInt16.self),
          range.count)
      }
    }
    return y
  }

  /// Whether every number is finite.
  public func allFinite(_ x: Tensor) -> Bool {
    switch x.element {
    case .f32: ck_all_finite(floats(x), x.count) != 0
    case .f16: ck_all_finite_f16(pointer(x).assumingMemoryBound(to: UInt16.self), x.count) != 0
    case .bf16: allFinite(cast(x, to: .f32))
    }
  }
}
