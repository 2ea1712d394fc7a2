/// Which blanks have a letter in a JSON string; every other control character is written by its number.
public enum JSONBlanks: Sendable {
  /// None: as safetensors headers and stored requests have them.
  case byNumber
  /// Newlines: as the files of results have them.
  case newline
  /// Newlines, returns and tabs: as other programs write a picture's parameters.
  case all
}

extension StringProtocol {
  /// The text as a JSON string in its quotes (RFC 8259 §7), non-ASCII kept as it is.
  public func jsonQuoted(_ blanks: JSONBlanks) -> String {
    var text = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n" where blanks != .byNumber: text += "\\n"
      case "\r" where blanks == .all: text += "\\r"
      case "\t" where blanks == .all: text += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}
