/// JSON writes characters beyond the basic plane as two `\u` escapes; YAML knows them only whole.
enum JSONSurrogates {
  /// The text with every escaped pair of surrogates replaced by its character.
  static func joined(_ text: String) -> String {
    guard text.contains("\\ud") || text.contains("\\uD") else { return text }
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var at = 0
    while at < bytes.count {
      guard bytes[at] == UInt8(ascii: "\\"), at + 1 < bytes.count else {
        result.append(bytes[at])
        at += 1
        continue
      }
      if let high = unit(bytes, at), let low = unit(bytes, at + 6), high >> 10 == 0x36,
        low >> 10 == 0x37,
        let scalar = UnicodeScalar(0x10000 + ((high & 0x3ff) << 10) + (low & 0x3ff))
      {
        result.append(contentsOf: String(scalar).utf8)
        at += 12
      } else {
        // An escaped character goes over whole, so that `\\u` is a backslash and a letter.
        result += bytes[at...at + 1]
        at += 2
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The number of the escape `\uXXXX` at an offset.
  private static func unit(_ bytes: [UInt8], _ at: Int) -> UInt32? {
    guard at + 6 <= bytes.count, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u")
    else { return nil }
    return UInt32(String(decoding: bytes[at + 2..<at + 6], as: UTF8.self), radix: 16)
  }
}
