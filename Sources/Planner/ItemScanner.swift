/// Reads numbers, counts of steps and punctuation from the text of an item.
struct ItemScanner {
  private let text: [Character]
  private var at = 0

  init(_ text: String) { self.text = Array(text) }

  var isAtEnd: Bool { at >= text.count }
  /// What has not been read.
  var rest: String { String(text[at...]) }

  mutating func skipBlanks() { while at < text.count, text[at].isWhitespace { at += 1 } }

  /// Reads punctuation where it stands next, blanks before it included.
  mutating func take(_ token: String) -> Bool {
    let start = at
    skipBlanks()
    if text[at...].starts(with: token) {
      at += token.count
      return true
    }
    at = start
    return false
  }

  /// A number or a count of steps.
  struct Quantity {
    var number: ExactDecimal
    var isSteps: Bool
    /// Whether it had a sign.
    var isSigned: Bool
    var text: String
  }

  /// Reads a number or a count of steps; blanks before it are skipped.
  mutating func quantity() throws(GrammarFault) -> Quantity {
    skipBlanks()
    let start = at
    let isSigned = at < text.count && "+-".contains(text[at])
    if isSigned { at += 1 }
    var point = false
    while at < text.count {
      let next = text[at]
      if next == ".", !point, at + 1 < text.count, text[at + 1].isDigit {
        point = true
      } else if !next.isDigit {
        break
      }
      at += 1
    }
    let digits = String(text[start..<at])
    guard let number = ExactDecimal(digits) else {
      at = start
      if digits.contains(where: \.isDigit) {
        throw GrammarFault("\(digits) has too many digits", hint: "at most 18")
      }
      throw GrammarFault(
        "is not a number: \(rest)", hint: "numbers are written plainly, as 0.25, -2 or 12s")
    }
    if at < text.count, text[at] == "e" || text[at] == "E" {
      throw GrammarFault(
        "is not a number: \(String(text[start...]))",
        hint: "numbers are written without an exponent, as 0.001")
    }
    let isSteps = at < text.count && text[at] == "s"
    if isSteps {
      at += 1
      guard number.isInteger, !isSigned else {
        throw GrammarFault("not a count of steps: \(digits)s", hint: "12s")
      }
    }
    return Quantity(number: number, isSteps: isSteps, isSigned: isSigned, text: digits)
  }
}

extension Character {
  /// Whether it is one of 0…9.
  var isDigit: Bool { ("0"..."9").contains(self) }
}
