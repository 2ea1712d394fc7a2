import EditJobs
import Files
import PromptAlignment

/// The text of an axis' values: items between commas, or texts between `||`.
enum AxisItems {
  /// Reads the items of an axis.
  static func items(_ text: String, of kind: AxisKind) throws(GrammarFault) -> [AxisItem] {
    guard !text.hasNUL, !kind.name.hasNUL else { throw GrammarFault(noNUL) }
    if case .text(let read) = kind.setting.domain { return try texts(text, read) }
    let grammar = ItemGrammar(kind: kind)
    var parts = split(text)
    if parts.count > 1, parts.last == "" { parts.removeLast() }
    var items: [AxisItem] = []
    for part in parts {
      guard !part.isEmpty else {
        throw GrammarFault(parts.count == 1 ? "no value" : "an empty value in \"\(text)\"")
      }
      if case .words(let words, let read) = kind.setting.domain {
        items.append(.value(try choice(part, of: kind, words, read)))
      } else {
        items.append(try grammar.item(part))
      }
    }
    return items
  }

  private static func texts(
    _ text: String, _ read: (String) throws(GrammarFault) -> String
  ) throws(GrammarFault) -> [AxisItem] {
    var items: [AxisItem] = []
    var rest = Substring(text)
    while true {
      let end = rest.unicodeScalars.firstRange(of: "||".unicodeScalars)
      let part = rest[..<(end?.lowerBound ?? rest.endIndex)]
      items.append(.value(.text(try read(part.withoutMark))))
      guard let end else { return items }
      rest = rest[end.upperBound...]
    }
  }

  /// What is said of a text that no picture's texts and no path could hold.
  static let noNUL = "it holds a NUL (U+0000), which neither a picture's text nor a path can hold"

  /// A value that is one of a few words.
  private static func choice(
    _ text: String, of kind: AxisKind, _ legal: [String], _ read: (String) -> String?
  ) throws(GrammarFault) -> SweepValue {
    if text == "default" { return .standard }
    guard let chosen = read(text), legal.contains(chosen) else {
      throw GrammarFault(
        "there is no \(kind.name) \"\(text)\"; there are \(legal.joined(separator: ", "))",
        hint: NearestName.of(text.lowercased(), among: legal))
    }
    return .text(chosen)
  }

  /// Splits at commas outside brackets and quotes; blanks around the parts are dropped.
  static func split(_ text: String) -> [String] { pieces(text).map { trimmed($0[...]) } }

  /// Splits at commas outside brackets and quotes.
  static func pieces(_ text: String) -> [String] {
    var parts = [""]
    var depth = 0
    var isQuoted = false
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": isQuoted.toggle()
      case "[", "(": depth += isQuoted ? 0 : 1
      case "]", ")": depth -= isQuoted ? 0 : 1
      default: break
      }
      if scalar == ",", depth <= 0, !isQuoted {
        parts.append("")
      } else {
        parts[parts.count - 1].unicodeScalars.append(scalar)
      }
    }
    return parts
  }

  static func trimmed(_ text: Substring) -> String {
    text.withoutOuterBlanks
  }
}

extension StringProtocol {
  /// The same text without byte order marks before its first word, where readers of files drop them.
  var withoutMark: String {
    let rest = unicodeScalars.drop { $0 == "\u{FEFF}" || $0.properties.isWhitespace }
    return rest.startIndex == unicodeScalars.startIndex
      ? String(self) : String(String.UnicodeScalarView(rest))
  }
}

extension String {
  /// Whether U+0000 stands in it.
  var hasNUL: Bool { utf8.contains(0) }
}
