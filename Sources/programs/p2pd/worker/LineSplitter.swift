/// Cuts a stream of bytes into lines, none longer than a limit.
struct LineSplitter {
  /// The longest line of the protocol.
  static let limit = 1 << 20

  /// A line is longer than the limit.
  struct TooLong: Error {}

  private var rest: [UInt8] = []

  /// The lines that some more bytes complete, without their ends.
  mutating func lines(adding bytes: [UInt8]) throws(TooLong) -> [[UInt8]] {
    rest += bytes
    var found: [[UInt8]] = []
    var begin = 0
    while let end = rest[begin...].firstIndex(of: UInt8(ascii: "\n")) {
      found.append(Array(rest[begin..<end]))
      begin = end + 1
    }
    rest.removeFirst(begin)
    guard rest.count <= Self.limit, !found.contains(where: { $0.count > Self.limit }) else {
      throw TooLong()
    }
    return found
  }
}

/// The last bytes of a stream: a worker's last words.
struct Tail {
  /// How much is kept.
  static let limit = 64 << 10

  private var bytes: [UInt8] = []

  /// Adds bytes.
  mutating func add(_ more: [UInt8]) {
    bytes += more
    if bytes.count > Self.limit { bytes.removeFirst(bytes.count - Self.limit) }
  }

  /// The last lines, for a message.
  func lastLines(_ count: Int) -> String {
    String(decoding: bytes, as: UTF8.self).split(separator: "\n").suffix(count)
      .joined(separator: "\n")
  }
}
