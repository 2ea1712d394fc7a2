/// Writes PNG files by hand, for what our own writer never writes.
struct PNGBuilder {
  var bytes: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

  init(width: Int, height: Int, depth: UInt8, color: UInt8, interlaced: Bool = false) {
    chunk(
      "IHDR", Self.number(width) + Self.number(height) + [depth, color, 0, 0, interlaced ? 1 : 0])
  }

  /// Appends a chunk; `damage` spoils its checksum.
  mutating func chunk(_ type: String, _ data: [UInt8], damage: Bool = false) {
    let body = Array(type.utf8) + data
    bytes += Self.number(data.count) + body
    bytes += Self.number(Int(Self.crc32(body)) ^ (damage ? 1 : 0))
  }

  /// Appends rows, each with its filter byte, as IDAT, and ends the file.
  mutating func end(rows: [[UInt8]]) -> [UInt8] {
    chunk("IDAT", Self.stored(rows.flatMap { [0] + $0 }))
    chunk("IEND", [])
    return bytes
  }

  /// A zlib stream of stored blocks (RFC 1950, RFC 1951 §3.2.4).
  static func stored(_ data: [UInt8]) -> [UInt8] {
    var out: [UInt8] = [0x78, 0x01]
    var at = 0
    repeat {
      let count = min(65_535, data.count - at)
      out.append(at + count == data.count ? 1 : 0)
      for length in [count, ~count & 0xffff] {
        out += [UInt8(length & 0xff), UInt8(length >> 8 & 0xff)]
      }
      out += data[at..<at + count]
      at += count
    } while at < data.count
    var (a, b) = (1, 0)
    for byte in data {
      a = (a + Int(byte)) % 65_521
      b = (b + a) % 65_521
    }
    return out + number(b << 16 | a)
  }

  static func number(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  static func crc32(_ data: [UInt8]) -> UInt32 {
    var crc = ~UInt32(0)
    for byte in data {
      crc ^= UInt32(byte)
      for _ in 0..<8 {
        let odd = crc & 1 == 1
        crc >>= 1
        if odd { crc ^= 0xedb8_8320 }
      }
    }
    return ~crc
  }
}

/// `nil` where two byte arrays are equal, else a word about the first difference.
func differenceOfBytes(_ a: [UInt8], _ b: [UInt8]) -> String? {
  if a.count != b.count { return "\(a.count) bytes against \(b.count)" }
  guard let at = a.indices.first(where: { a[$0] != b[$0] }) else { return nil }
  return "byte \(at): \(a[at]) against \(b[at])"
}
