/// Reads numbers, counts of steps and punctuation from the text of an item.
struct ItemScanner {
  private let text: [Unicode.Scalar]
  private var at = 0

  init(_ text: String) { self.text = Array(text.unicodeScalars) }

  var isAtEnd: Bool { at >= text.count }
  /// What has not been read.
  var rest: String { string(text[at...]) }

  mutating func skipBlanks() {
    while at < text.count, text[at].properties.isWhitespace { at += 1 }
  }

  /// Reads punctuation where it stands next, blanks before it included.
  mutating func take(_ token: String) -> Bool {
    let start = at
    skipBlanks()
    if text[at...].starts(with: token.unicodeScalars) {
      at += token.unicodeScalars.count
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
    /// Its digits, with a sign where it had one.
    var digits: String
    /// As it is written, `12s` with its unit.
    var text: String { isSteps ? digits + "s" : digits }
  }

  /// Why there is no number.
  enum Fault: Error {
    /// Something else stands there.
    case notANumber(String)
    /// More digits than numbers have.
    case tooManyDigits(String)
    /// An exponent: the text as it stands, and the same number without one where that can be written.
    case exponent(String, plain: String?)
    /// A part of a step, or fewer than none.
    case notACount(String)
  }

  /// Reads a number or a count of steps; blanks before it are skipped.
  mutating func quantity() throws(Fault) -> Quantity {
    skipBlanks()
    let start = at
    let isSigned = at < text.count && (text[at] == "+" || text[at] == "-")
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
    let digits = string(text[start..<at])
    guard let number = ExactDecimal(digits) else {
      at = start
      if digits.unicodeScalars.contains(where: \.isDigit) { throw .tooManyDigits(digits) }
      throw .notANumber(rest)
    }
    if at < text.count, text[at] == "e" || text[at] == "E" {
      throw .exponent(string(text[start...]), plain: plain(number))
    }
    let isSteps = at < text.count && text[at] == "s"
    if isSteps {
      at += 1
      guard number.isInteger, !isSigned else { throw .notACount(digits) }
    }
    return Quantity(number: number, isSteps: isSteps, isSigned: isSigned, digits: digits)
  }

  /// A number with the exponent that stands next, as a plain decimal.
  private func plain(_ number: ExactDecimal) -> String? {
    guard let exponent = Int(string(text[(at + 1)...])), abs(exponent) <= 18 else { return nil }
    let places = number.places - exponent
    let value = places < 0 ? number.scaled(to: number.places - places) : number.mantissa
    return ExactDecimal(value, places: max(places, 0))?.description
  }

  private func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }
}

extension Unicode.Scalar {
  /// Whether it is one of 0…9.
  var isDigit: Bool { ("0"..."9").contains(self) }
}

extension Character {
  /// Whether it is one of 0…9.
  var isDigit: Bool { ("0"..."9").contains(self) }
}
