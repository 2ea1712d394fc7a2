import EditJobs
import Files

/// The values that an axis may have.
enum AxisDomain: Sendable {
  /// Windows of the run: fractions, counts of steps, or both ends of either.
  case window
  /// Any numbers, each with a window in which it acts, if it has one.
  case weight
  /// Fractions, 0…1; counts of steps where they are legal too.
  case fraction(orSteps: Bool)
  /// Whole numbers.
  case whole(ClosedRange<Int128>)
  /// Numbers from 0.
  case positive
  /// Some words, and how another spelling of one is read.
  case words([String], read: @Sendable (String) -> String?)
  /// Texts, which are split at `||` alone, and their one spelling.
  case text(@Sendable (String) throws(GrammarFault) -> String)

  /// The words that are legal values, beside `default`; `nil` where values are not chosen of a list.
  var words: [String]? {
    if case .words(let words, _) = self { words } else { nil }
  }
}

extension AxisDomain {
  /// Texts with one blank between words.
  static let plainText = AxisDomain.text { $0.withSingleBlanks }

  /// Files, by their paths as they are typed.
  static let path = AxisDomain.text { text throws(GrammarFault) in
    guard !text.withSingleBlanks.isEmpty else { throw GrammarFault("an empty path") }
    return text.withoutOuterBlanks
  }

  /// The words of a choice by their names.
  static func choice<Value: RawRepresentable & CaseIterable>(
    _: Value.Type, read: @escaping @Sendable (String) -> String? = { $0.lowercased() }
  ) -> AxisDomain where Value.RawValue == String {
    .words(Value.allCases.map(\.rawValue), read: read)
  }
}
