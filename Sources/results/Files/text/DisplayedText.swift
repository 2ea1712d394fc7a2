/// Text as a terminal may show it: what would act on the terminal, or turn the order of what stands
/// around it, is written as an escape.
///
/// Those are the control characters (C0, DEL and C1, with ESC and what begins OSC and CSI), the line
/// and paragraph separators, and the embeddings, overrides and isolates of bidirectional text.
extension StringProtocol {
  /// The text for a place of one line: a cell of a table, a value in a sentence. Tabs and newlines are
  /// escaped too.
  public var displayed: String { displayed(keepsLines: false) }

  /// The text for a place of several lines: newlines stay.
  public var displayedLines: String { displayed(keepsLines: true) }

  /// A JSON document with `\u` escapes in the place of what a terminal would act on: the same document.
  public var displayedJSON: String {
    guard unicodeScalars.contains(where: \.actsOnTerminals) else { return String(self) }
    var text = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      guard scalar.actsOnTerminals, scalar != "\n" else {
        text.append(scalar)
        continue
      }
      let digits = String(scalar.value, radix: 16)
      text += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".unicodeScalars
    }
    return String(text)
  }

  private func displayed(keepsLines: Bool) -> String {
    func stays(_ scalar: Unicode.Scalar) -> Bool {
      !scalar.actsOnTerminals || (keepsLines && scalar == "\n")
    }
    if unicodeScalars.allSatisfy(stays) { return String(self) }
    var text = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      if stays(scalar) { text.append(scalar) } else { text += scalar.displayEscape.unicodeScalars }
    }
    return String(text)
  }
}

extension Unicode.Scalar {
  /// Whether a terminal would not show it but do something.
  public var actsOnTerminals: Bool {
    switch value {
    case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// What is shown in its place: `\n`, `\r`, `\t`, else `\u{1b}`.
  public var displayEscape: String {
    switch self {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    default: "\\u{\(String(value, radix: 16))}"
    }
  }
}
