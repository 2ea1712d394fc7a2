import EditJobs

/// The text of an axis' values: items between commas, or texts between `||`.
enum AxisItems {
  /// Reads the items of an axis.
  static func items(_ text: String, of kind: AxisKind) throws(GrammarFault) -> [AxisItem] {
    if kind == .to { return try texts(text) }
    let grammar = ItemGrammar(kind: kind)
    var parts = split(text)
    if parts.count > 1, parts.last == "" { parts.removeLast() }
    var items: [AxisItem] = []
    for part in parts {
      guard !part.isEmpty else {
        throw GrammarFault(parts.count == 1 ? "no value" : "an empty value in \"\(text)\"")
      }
      items.append(try grammar.item(part))
    }
    return items
  }

  private static func texts(_ text: String) throws(GrammarFault) -> [AxisItem] {
    var items: [AxisItem] = []
    var rest = Substring(text)
    while true {
      let end = rest.firstRange(of: "||")
      let part = rest[..<(end?.lowerBound ?? rest.endIndex)]
      items.append(.value(.text(part.split(whereSeparator: \.isWhitespace).joined(separator: " "))))
      guard let end else { return items }
      rest = rest[end.upperBound...]
    }
  }

  /// Splits at commas outside brackets and quotes; blanks around the parts are dropped.
  static func split(_ text: String) -> [String] {
    var parts = [""]
    var depth = 0
    var isQuoted = false
    for character in text {
      switch character {
      case "\"": isQuoted.toggle()
      case "[", "(": depth += isQuoted ? 0 : 1
      case "]", ")": depth -= isQuoted ? 0 : 1
      default: break
      }
      if character == ",", depth <= 0, !isQuoted {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    return parts.map { part in
      let start = part.drop(while: \.isWhitespace)
      return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }
  }
}
