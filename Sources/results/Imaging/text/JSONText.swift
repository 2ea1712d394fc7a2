/// A JSON string literal (RFC 8259 §7), non-ASCII kept as it is.
enum JSONText {
  /// The text in quotes.
  static func quoted(_ text: String) -> String {
    var literal = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": literal += "\\\""
      case "\\": literal += "\\\\"
      case "\n": literal += "\\n"
      case "\r": literal += "\\r"
      case "\t": literal += "\\t"
      default:
        if scalar.value < 0x20 {
          let digits = String(scalar.value, radix: 16)
          literal += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          literal.unicodeScalars.append(scalar)
        }
      }
    }
    return literal + "\""
  }

  /// The text of a literal with its quotes; `nil` where it is no legal JSON string.
  static func unquoted(_ literal: String) -> String? {
    let units = Array(literal.utf16)
    guard units.count >= 2, units.first == quote, units.last == quote else { return nil }
    var text: [UInt16] = []
    var at = 1
    while at < units.count - 1 {
      let unit = units[at]
      at += 1
      if unit == quote || unit < 0x20 { return nil }
      if unit != backslash {
        text.append(unit)
        continue
      }
      guard at < units.count - 1 else { return nil }
      let escape = units[at]
      at += 1
      if let plain = escapes[escape] {
        text.append(plain)
      } else if escape == UInt16(ascii("u")), at + 4 <= units.count - 1,
        units[at..<at + 4].allSatisfy({
          $0 < 0x80 && Character(Unicode.Scalar(UInt8($0))).isHexDigit
        }),
        let value = UInt16(String(decoding: units[at..<at + 4], as: UTF16.self), radix: 16)
      {
        text.append(value)
        at += 4
      } else {
        return nil
      }
    }
    return String(decoding: text, as: UTF16.self)
  }

  private static let quote = UInt16(ascii("\""))
  private static let backslash = UInt16(ascii("\\"))
  private static let escapes: [UInt16: UInt16] = Dictionary(
    uniqueKeysWithValues: [
      ("\"", "\""), ("\\", "\\"), ("/", "/"), ("b", "\u{8}"), ("f", "\u{c}"), ("n", "\n"),
      ("r", "\r"), ("t", "\t"),
    ].map { (UInt16(ascii($0)), UInt16(ascii($1))) })

  private static func ascii(_ scalar: Unicode.Scalar) -> UInt8 { UInt8(scalar.value) }
}
