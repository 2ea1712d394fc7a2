import Foundation

/// The lexical rules of the infotext grammar, as the web UI's pattern for pairs has them.
///
/// In words: optional blanks; a key of one word character and then one or more of word characters,
/// blank, `-` and `/`; `:`; blanks; a quoted string or anything up to the next comma; then a comma
/// or the end of the line. What does not fit is skipped.
enum InfotextScanner {
  /// The lines without their outer blanks; a return before a line break is a blank.
  static func lines(of text: String) -> [String] {
    text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map {
      trimmed(String($0))
    }
  }

  /// The text without white space at its ends.
  static func trimmed(_ text: String) -> String {
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: { !isBlank($0) }),
      let last = scalars.lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(scalars[first...last])
  }

  /// Whether the pattern takes the whole text for one key.
  static func isKey(_ text: String) -> Bool {
    let scalars = Array(text.unicodeScalars)
    return scalars.count >= 2 && isWord(scalars[0]) && scalars.allSatisfy(isKeyPart)
      && scalars.last != " "
  }

  /// The pairs of a line, left to right.
  static func pairs(in line: String) -> [Infotext.Pair] {
    let scalars = Array(line.unicodeScalars)
    var found: [Infotext.Pair] = []
    var at = 0
    while let (key, end) = nextKey(scalars, from: at) {
      let start = scalars[end...].firstIndex { !isBlank($0) } ?? scalars.endIndex
      if let (value, next) = quotedValue(scalars, from: start) {
        found.append(Infotext.Pair(key, value))
        at = next
      } else {
        let comma = scalars[start...].firstIndex(of: ",") ?? scalars.endIndex
        found.append(Infotext.Pair(key, trimmed(text(scalars[start..<comma]))))
        at = min(comma + 1, scalars.endIndex)
      }
    }
    return found
  }

  /// The next key at or after a place, and the place behind its colon.
  private static func nextKey(_ line: [Unicode.Scalar], from start: Int) -> (String, Int)? {
    var run = start
    while run < line.count {
      let end = line[run...].firstIndex { !isKeyPart($0) } ?? line.endIndex
      if end < line.count, line[end] == ":",
        let first = line[run..<end].firstIndex(where: isWord), end - first >= 2
      {
        return (trimmed(text(line[first..<end])), end + 1)
      }
      run = end + 1
    }
    return nil
  }

  /// A quoted string that a comma or the end follows, and the place behind that comma.
  private static func quotedValue(_ line: [Unicode.Scalar], from start: Int) -> (String, Int)? {
    guard start < line.count, line[start] == "\"" else { return nil }
    var at = start + 1
    while at < line.count, line[at] != "\"" { at += line[at] == "\\" ? 2 : 1 }
    guard at < line.count, at > start + 1, at + 1 == line.count || line[at + 1] == "," else {
      return nil
    }
    let literal = text(line[start...at])
    let plain = try? JSONDecoder().decode(String.self, from: Data(literal.utf8))
    return (plain ?? literal, min(at + 2, line.count))
  }

  private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var text = ""
    text.unicodeScalars.append(contentsOf: scalars)
    return text
  }

  private static func isKeyPart(_ scalar: Unicode.Scalar) -> Bool {
    isWord(scalar) || scalar == " " || scalar == "-" || scalar == "/"
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .decimalNumber, .letterNumber, .otherNumber:
      true
    default: scalar == "_"
    }
  }

  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }
}
