/// Texts that YAML's scanner takes as they are meant: it refuses control characters, and folds lines at
/// separators that JSON has for text.
enum YAMLText {
  /// JSON in which every scalar that YAML cannot take as it stands is an escape.
  ///
  /// In JSON such scalars stand inside strings alone, where an escape means the same.
  static func escaped(_ json: String) -> String {
    if json.utf8.allSatisfy({ $0 < 0x7F }) { return json }
    var text = String.UnicodeScalarView()
    for scalar in json.unicodeScalars {
      if isPlain(scalar) {
        text.append(scalar)
      } else {
        text.append(contentsOf: escape(scalar).unicodeScalars)
      }
    }
    return String(text)
  }

  /// Whether a scalar stands for itself in a quoted text.
  static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D, 0x20...0x7E: true
    // Line separators, and the byte order mark.
    case 0x2028, 0x2029, 0xFEFF: false
    case 0xA0...0xFFFD, 0x10000...: true
    default: false
    }
  }

  /// A scalar by its number, as a double-quoted text has it.
  static func escape(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    return "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
