import CKernels
public import Tensors

extension CPUBackend {
  /// Lines of a map that one task takes.
  private static let mapChunk = 64

  /// Builds an edited map column by column: each is `factor · (Σ share·source column, or own column)`.
  public func composeMap(source: Tensor?, own: Tensor?, columns: [MapColumn]) -> Tensor {
    guard let given = source ?? own else { preconditionFailure("no map to take columns from") }
    precondition(
      source == nil || own == nil || source?.shape.prefix(2) == own?.shape.prefix(2),
      "maps of unequal size")
    let lines = given.shape[0] * given.shape[1]
    let count = columns.count
    let sourceTokens = source?.shape[2] ?? 0
    let ownTokens = own?.shape[2] ?? 0
    var (rules, tokens, shares): ([ck_column], [Int32], [Float]) = ([], [], [])
    for (index, column) in columns.enumerated() {
      if column.shares == nil { precondition(index < ownTokens, "own column \(index) is missing") }
      let list = column.shares ?? []
      precondition(
        list.allSatisfy { (0..<sourceTokens).contains($0.token) }, "a share of a missing token")
      rules.append(
        ck_column(
          own: column.shares == nil ? 1 : 0, first: tokens.count, shares: list.count,
          factor: column.factor))
      tokens += list.map { Int32($0.token) }
      shares += list.map(\.share)
    }
    let y = make([given.shape[0], given.shape[1], count])
    let to = floats(y)
    let scratch = scratch(Self.mapChunk * (sourceTokens + ownTokens))
    let work = 100 * lines * count
    threads.run((lines + Self.mapChunk - 1) / Self.mapChunk, work: work) { task, thread in
      let range = task * Self.mapChunk..<min(lines, (task + 1) * Self.mapChunk)
      let part = scratch.part(thread)
      ck_compose_rows(
        source.map { lineAddress($0, range, part) }, sourceTokens,
        own.map { lineAddress($0, range, part + Self.mapChunk * sourceTokens) }, ownTokens,
        range.count, rules, count, tokens, shares, to + range.lowerBound * count)
    }
    return y
  }

  /// Lines of a map as float32: in place, or converted into `scratch`.
  private func lineAddress(
    _ map: Tensor, _ lines: Range<Int>, _ scratch: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    let tokens = map.shape[2]
    guard map.element != .f32 else {
      return UnsafePointer(floats(map) + lines.lowerBound * tokens)
    }
    precondition(map.element == .f16, "maps are float32 or float16")
    ck_f16_to_f32(
      pointer(map).assumingMemoryBound(to: UInt16.self) + lines.lowerBound * tokens, scratch,
      lines.count * tokens)
    return UnsafePointer(scratch)
  }

  /// The mean over heads, transposed: (heads, queries, tokens), float32 or float16 → (tokens, queries).
  public func headMean(_ map: Tensor) -> Tensor {
    precondition(map.shape.count == 3, "headMean of \(map.shape)")
    let (heads, queries, tokens) = (map.shape[0], map.shape[1], map.shape[2])
    let y = make([tokens, queries])
    let to = floats(y)
    let size = Self.mapChunk * tokens
    let scratch = scratch(heads * size)
    threads.run((queries + Self.mapChunk - 1) / Self.mapChunk, work: 30 * map.count) {
      task, thread in
      let range = task * Self.mapChunk..<min(queries, (task + 1) * Self.mapChunk)
      let parts = (0..<heads).map { head -> UnsafePointer<Float>? in
        let first = head * queries
        return lineAddress(
          map, first + range.lowerBound..<first + range.upperBound,
          scratch.part(thread) + head * size)
      }
      parts.withUnsafeBufferPointer {
        ck_head_mean($0.baseAddress, heads, range.count, tokens, queries, to + range.lowerBound)
      }
    }
    return y
  }
}
