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
