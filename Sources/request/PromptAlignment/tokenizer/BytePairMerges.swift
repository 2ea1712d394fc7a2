/// Byte-pair merges as CLIP has them: the pair of neighbours that was learnt first is joined first,
/// until none is left (Sennrich et al. 2016, over bytes as in GPT-2).
struct BytePairMerges: Sendable {
  private var ranks: ByteTable

  /// CLIP's vocabulary has this many merges; later lines of a longer file are not in it.
  private static let limit = 49_152 - 256 - 2

  /// Reads `merges.txt`: a version line, then two symbols a line. `nil` where a line is no pair.
  init?(_ file: [UInt8]) {
    var table = ByteTable(capacity: file.count / 4 + 1, bytes: file.count)
    let whole = file.withUnsafeBufferPointer { bytes -> Bool in
      var from = 0
      while from < bytes.count, table.count < Self.limit {
        var to = from
        var blanks = 0
        while to < bytes.count, bytes[to] != 0x0a {
          if bytes[to] == 0x20 { blanks += 1 }
          to += 1
        }
        let end = to > from && bytes[to - 1] == 0x0d ? to - 1 : to
        let line = UnsafeBufferPointer(rebasing: bytes[from..<end])
        from = to + 1
        if line.isEmpty || line.starts(with: "#version".utf8) { continue }
        guard blanks == 1, line.count >= 3 else { return false }
        // A pair that stands there twice keeps its first rank.
        _ = table.insert(line, Int32(table.count))
      }
      return true
    }
    guard whole else { return nil }
    ranks = table
  }

  /// No pairs yet; `bytes` are no fewer than those of all lines that are added.
  init(bytes: Int) { ranks = ByteTable(capacity: bytes / 4 + 1, bytes: bytes) }

  /// Adds a line, two symbols with a blank between, that is learnt after those before; false where it
  /// is something else.
  mutating func add(_ line: [UInt8]) -> Bool {
    guard line.count >= 3, line.count(where: { $0 == 0x20 }) == 1 else { return false }
    _ = line.withUnsafeBufferPointer { [rank = Int32(ranks.count)] in ranks.insert($0, rank) }
    return true
  }

  /// Joins the symbols of one word.
  func joined(_ symbols: [ArraySlice<UInt8>]) -> [ArraySlice<UInt8>] {
    var symbols = symbols
    var pairs: [Int32] = zip(symbols, symbols.dropFirst()).map { rank($0, $1) }
    while let best = pairs.min(), best != .max, let at = pairs.firstIndex(of: best) {
      symbols[at] = symbols[at] + symbols[at + 1]
      symbols.remove(at: at + 1)
      pairs.remove(at: at)
      if at < pairs.count { pairs[at] = rank(symbols[at], symbols[at + 1]) }
      if at > 0 { pairs[at - 1] = rank(symbols[at - 1], symbols[at]) }
    }
    return symbols
  }

  private func rank(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Int32 {
    ranks.value(left + CollectionOfOne(0x20) + right) ?? .max
  }
}
