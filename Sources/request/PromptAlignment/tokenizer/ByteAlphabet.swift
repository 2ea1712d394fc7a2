/// The printable characters that stand for bytes in a byte-level vocabulary (GPT-2's table).
enum ByteAlphabet {
  /// The character of each byte.
  static let scalars: [UnicodeScalar] = {
    let printable = Set([0x21...0x7e, 0xa1...0xac, 0xae...0xff].flatMap { Array($0) } as [UInt32])
    var next: UInt32 = 256
    return (0..<256).map { (byte: UInt32) in
      var code = byte
      if !printable.contains(byte) {
        code = next
        next += 1
      }
      return UnicodeScalar(code) ?? "?"
    }
  }()

  /// The UTF-8 of each byte's character.
  static let encoded: [[UInt8]] = scalars.map { Array(String($0).utf8) }

  /// The bytes behind a token's text; `nil` where a character stands for none.
  static func bytes(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      guard let byte = values[scalar] else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  private static let values = Dictionary(
    uniqueKeysWithValues: scalars.enumerated().map { ($1, UInt8($0)) })
}
