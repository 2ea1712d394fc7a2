import Foundation

/// What CLIP's tokenizer does to a text before it looks at bytes: composition (NFC), lower-casing
/// and cutting into pieces by the published pattern
/// `'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+`.
enum TextPieces {
  /// Composed and lower-cased scalars.
  static func normalized(_ text: String) -> [UnicodeScalar] {
    // Text in ASCII is composed already.
    let composed =
      text.utf8.allSatisfy { $0 < 0x80 } ? text : text.precomposedStringWithCanonicalMapping
    // Scalar by scalar, as the published code does: no final sigma, no context.
    return composed.unicodeScalars.flatMap { scalar -> [UnicodeScalar] in
      scalar.isASCII
        ? [scalar.properties.isUppercase ? UnicodeScalar(UInt8(scalar.value) + 32) : scalar]
        : Array(scalar.properties.lowercaseMapping.unicodeScalars)
    }
  }

  /// What a scalar is to the pattern.
  enum Kind { case space, letter, number, other }

  /// The kind of a scalar.
  static func kind(_ scalar: UnicodeScalar) -> Kind {
    if scalar.properties.isWhitespace { return .space }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return .letter
    case .decimalNumber, .letterNumber, .otherNumber: return .number
    default: return .other
    }
  }

  /// The pieces of normalised scalars; white space is in none of them.
  static func cut(_ scalars: [UnicodeScalar]) -> [ArraySlice<UnicodeScalar>] {
    var pieces: [ArraySlice<UnicodeScalar>] = []
    var at = 0
    while at < scalars.count {
      let first = kind(scalars[at])
      var end = at + 1
      switch first {
      case .space:
        at = end
        continue
      case .number: break
      case .letter, .other:
        if let contraction = contraction(scalars[at...]) {
          end = at + contraction
        } else {
          while end < scalars.count, kind(scalars[end]) == first { end += 1 }
        }
      }
      pieces.append(scalars[at..<end])
      at = end
    }
    return pieces
  }

  private static let contractions: [[UnicodeScalar]] =
    ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].map { Array($0.unicodeScalars) }

  private static func contraction(_ scalars: ArraySlice<UnicodeScalar>) -> Int? {
    guard scalars.first == "'" else { return nil }
    return contractions.first { scalars.starts(with: $0) }?.count
  }

  /// Whether a scalar belongs to a word rather than to the punctuation around it.
  static func isWordScalar(_ scalar: UnicodeScalar) -> Bool {
    if scalar == "_" { return true }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: return true
    default: return [.letter, .number].contains(kind(scalar))
    }
  }
}
