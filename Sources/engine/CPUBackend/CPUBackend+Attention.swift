import CKernels
public import Tensors

/// One call of attention, as numbers and addresses.
private struct AttentionCall {
  /// The first numbers of a row: queries (queries, channels), and for each head the packed keys and
  /// values. Queries and keys are there where the row's own map is wanted.
  struct Addresses {
    let q: UnsafePointer<Float>?
    let k, v: UnsafeRawPointer
  }

  let rows: [Addresses]
  let out: UnsafeMutablePointer<Float>
  let queries, tokens, channels, heads: Int
  let causal: Bool
  let multiplier: any Multiplier

  var depth: Int { channels / heads }
  /// Queries of one block.
  var block: Int { multiplier.block(queries: queries, tokens: tokens) }
  var blocks: Int { (queries + block - 1) / block }
  /// Blocks of one row.
  var tasks: Int { heads * blocks }
  /// Work of one row, counted as `WorkerThreads.run` does.
  var work: Int { queries * tokens * (4 * channels + 50 * heads) }
  /// Bytes of one head's packed keys and values.
  var keyBytes: Int { multiplier.factors.bytes(outputs: tokens, taps: 1, inputs: depth) }
  var valueBytes: Int { multiplier.factors.bytes(outputs: depth, taps: 1, inputs: tokens) }
  /// Numbers that a block needs beside its map: the addresses of its rows.
  var addressCount: Int { 2 * block }

  /// The head and the queries of a row's task.
  func part(_ task: Int) -> (head: Int, queries: Range<Int>) {
    let (head, index) = task.quotientAndRemainder(dividingBy: blocks)
    return (head, index * block..<min(queries, (index + 1) * block))
  }

  /// Normalised probabilities of a block: (queries, tokens).
  func probabilities(
    _ row: Int, _ head: Int, _ range: Range<Int>, rounded: Bool, _ runs: Runs,
    _ map: UnsafeMutablePointer<Float>
  ) {
    guard let q = rows[row].q else { preconditionFailure("row \(row) has no queries") }
    place(q + range.lowerBound * channels + head * depth, stride: channels, range.count, runs)
    let product = ck_product(
      runs: runs, rows: range.count, taps: 1, k: depth, weights: rows[row].k + head * keyBytes,
      element: multiplier.factors.ofProduct, outputs: tokens, bias: nil, y: map, stride: tokens)
    multiplier.multiply(product, nil)
    if causal {
      ck_softmax_causal(map, range.count, tokens, range.lowerBound, rounded ? 1 : 0)
    } else {
      ck_softmax(map, range.count, tokens, rounded ? 1 : 0)
    }
  }

  /// A block's output from its probabilities.
  func mix(
    _ row: Int, _ head: Int, _ range: Range<Int>, _ runs: Runs, _ map: UnsafePointer<Float>
  ) {
    place(map, stride: tokens, range.count, runs)
    let product = ck_product(
      runs: runs, rows: range.count, taps: 1, k: tokens, weights: rows[row].v + head * valueBytes,
      element: multiplier.factors.ofProduct, outputs: depth, bias: nil,
      y: out + (row * queries + range.lowerBound) * channels + head * depth, stride: channels)
    multiplier.multiply(product, nil)
  }

  private func place(_ first: UnsafePointer<Float>, stride: Int, _ count: Int, _ runs: Runs) {
    for index in 0..<count { runs[index] = first + index * stride }
  }
}

extension CPUBackend {
  /// Bytes of maps that one attention call holds at a time, but always one row's.
  static let mapBudget = 128 << 20

  /// Multi-head attention, `softmax(QKᵀ·d^-½)·V`, of n rows with `queries` queries each → (n, s, c).
  ///
  /// Scores, softmax and mixture are the same calls over the same blocks whether a block's map lives
  /// in working memory or in a tensor, so looking changes no bit. A rounded block is made in working
  /// memory, and what is looked at is its copy in float16, which is exact.
  public func attention(
    _ rows: [AttentionRow], queries: Int, heads: Int, causal: Bool,
    visit: (_ row: Int, _ map: Tensor?) -> Tensor?
  ) -> Tensor {
    let (tokens, channels) = (rows[0].value.shape[0], rows[0].value.shape[1])
    precondition(channels % heads == 0, "\(channels) channels in \(heads) heads")
    let y = make([rows.count, queries, channels])
    for row in rows {
      precondition(
        row.value.shape == [tokens, channels]
          && row.key?.shape ?? row.value.shape == row.value.shape
          && row.query?.shape ?? [queries, channels] == [queries, channels],
        "rows of one call have one size")
    }
    let keys = packed(rows.map { $0.query == nil ? nil : $0.key }, heads: heads, asKeys: true)
    let values = packed(rows.map(\.value), heads: heads, asKeys: false)
    let call = AttentionCall(
      rows: rows.indices.map { index in
        AttentionCall.Addresses(
          q: rows[index].query.map { UnsafePointer(floats($0)) },
          k: keys.address(index), v: values.address(index))
      }, out: floats(y), queries: queries, tokens: tokens, channels: channels, heads: heads,
      causal: causal, multiplier: multiplier)
    let demands = rows.map(\.demand)
    let scratch = scratch(call.addressCount + call.block * call.tokens)
    let mapCount = heads * call.queries * call.tokens
    var first = 0
    while first < rows.count {
      var (end, bytes) = (first, 0)
      while end < rows.count {
        let demand = demands[end]
        let more = demand.use == .none ? 0 : mapCount * demand.element.byteCount
        guard bytes == 0 || bytes + more <= Self.mapBudget else { break }
        (end, bytes) = (end + 1, bytes + more)
      }
      attend(call, first..<end, demands, scratch, visit)
      first = end
    }
    return y
  }

  /// Keys or values (tokens, channels) of some rows, head by head as products read them; keys carry
  /// the factor of the scores, d^-½.
  private func packed(_ parts: [Tensor?], heads: Int, asKeys: Bool) -> PackedHeads {
    let there = parts.indices.filter { parts[$0] != nil }
    guard let first = there.first, let shape = parts[first]?.shape else {
      return PackedHeads(memory: pool.buffer(4), places: parts.map { _ in 0 })
    }
    let (tokens, channels) = (shape[0], shape[1])
    let depth = channels / heads
    let factors =
      asKeys
      ? FactorShape(outputs: tokens, taps: 1, inputs: depth)
      : FactorShape(outputs: depth, taps: 1, inputs: tokens)
    let element = multiplier.factors
    let bytes = element.bytes(outputs: factors.outputs, taps: 1, inputs: factors.inputs)
    let memory = pool.buffer(there.count * heads * bytes)
    let scratch = scratch(
      element == .f32 ? 1 : ck_packed_count(factors.outputs, factors.inputs))
    let from = parts.map { $0.map(floats) }
    let factor = Float(1 / Double(depth).squareRoot())
    threads.run(there.count * heads, work: 20 * there.count * tokens * channels) { task, thread in
      guard let start = from[there[task / heads]] else { return }
      let (part, to) = (start + task % heads * depth, memory.pointer + task * bytes)
      let working = scratch.part(thread)
      if asKeys {
        multiplier.packOutputs(
          part, factors, stride: channels, factor: factor, element, working, to)
      } else {
        multiplier.packInputs(part, factors, stride: channels, working, to)
      }
    }
    var places = parts.map { _ in 0 }
    for (order, index) in there.enumerated() { places[index] = order * heads * bytes }
    return PackedHeads(memory: memory, places: places)
  }

  /// Attention of some rows: own maps, then visits in order, then what the visitors gave back.
  private func attend(
    _ call: AttentionCall, _ rows: Range<Int>, _ demands: [MapDemand], _ scratch: Scratch,
    _ visit: (_ row: Int, _ map: Tensor?) -> Tensor?
  ) {
    let shape = [call.heads, call.queries, call.tokens]
    let computed = rows.filter { demands[$0].use != .supply }
    let maps = computed.map {
      demands[$0].use == .none ? nil : make(shape, demands[$0].element)
    }
    let addresses = maps.map { $0.map(pointer) }
    threads.run(computed.count * call.tasks, work: computed.count * call.work) { task, thread in
      let (index, rest) = task.quotientAndRemainder(dividingBy: call.tasks)
      let (row, (head, range)) = (computed[index], call.part(rest))
      let runs = scratch.addresses(thread)
      let first = (head * call.queries + range.lowerBound) * call.tokens
      let part = scratch.part(thread) + call.addressCount
      let (map, rounded) = (addresses[index], demands[row].rounded)
      let block =
        rounded ? part : map.map { $0.assumingMemoryBound(to: Float.self) + first } ?? part
      call.probabilities(row, head, range, rounded: rounded, runs, block)
      if demands[row].use != .rewrite { call.mix(row, head, range, runs, block) }
      if rounded, let map {
        ck_f32_to_f16(
          block, map.assumingMemoryBound(to: UInt16.self) + first, range.count * call.tokens)
      }
    }
    var own: [Int: Tensor] = [:]
    for (row, map) in zip(computed, maps) { own[row] = map }
    var used: [(row: Int, map: Tensor)] = []
    for row in rows where demands[row].use != .none {
      let answer = visit(row, own[row])
      guard demands[row].use != .read else { continue }
      guard let map = answer ?? own[row] else {
        preconditionFailure("row \(row) was to be supplied with a map")
      }
      precondition(map.shape == shape, "a map of \(map.shape) where \(shape) is due")
      used.append((row, map))
    }
    mix(call, used, scratch)
  }

  /// Multiplies given maps, float32 or float16, with V.
  private func mix(
    _ call: AttentionCall, _ used: [(row: Int, map: Tensor)], _ scratch: Scratch
  ) {
    let addresses = used.map { pointer($0.map) }
    threads.run(used.count * call.tasks, work: used.count * call.work / 2) { task, thread in
      let (index, rest) = task.quotientAndRemainder(dividingBy: call.tasks)
      let (head, range) = call.part(rest)
      let first = (head * call.queries + range.lowerBound) * call.tokens
      let count = range.count * call.tokens
      let address = addresses[index]
      let runs = scratch.addresses(thread)
      let part = scratch.part(thread) + call.addressCount
      switch used[index].map.element {
      case .f32:
        call.mix(
          used[index].row, head, range, runs, address.assumingMemoryBound(to: Float.self) + first)
      case .f16:
        ck_f16_to_f32(address.assumingMemoryBound(to: UInt16.self) + first, part, count)
        call.mix(used[index].row, head, range, runs, part)
      case .bf16:
        preconditionFailure("maps are float32 or float16")
      }
    }
  }
}

/// Packed keys or values of the rows of a call.
private struct PackedHeads {
  let memory: PooledMemory
  /// Where each row's begin, in bytes.
  let places: [Int]

  func address(_ row: Int) -> UnsafeRawPointer {
    UnsafeRawPointer(memory.pointer + places[row])
  }
}
