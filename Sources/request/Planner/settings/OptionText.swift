import EditJobs
import Files

/// What was typed for a setting of one value.
struct OptionText {
  /// The setting's name.
  var name: String
  /// As it was typed.
  var typed: String
  /// With one blank between words.
  var plain: String

  /// Takes what was typed for a setting.
  init(_ name: String, _ typed: String) {
    (self.name, self.typed) = (name, typed)
    plain = typed.withoutMark.withSingleBlanks
  }

  /// The same with another text in the place of one.
  func replacing(_ text: String, with other: String) -> OptionText {
    var copy = self
    copy.plain = plain.replacing(text, with: other)
    return copy
  }

  /// A whole number.
  func integer(_ range: ClosedRange<Int>) throws(EditError) -> Int {
    guard let number = ExactDecimal(plain), number.isInteger,
      let value = Int(exactly: number.mantissa), range.contains(value)
    else { throw wrong(legal: "a whole number from \(range.lowerBound) to \(range.upperBound)") }
    return value
  }

  /// One of a few words, of all that there are.
  func choice<Value: RawRepresentable & CaseIterable>() throws(EditError) -> Value
  where Value.RawValue == String {
    try choice(among: Array(Value.allCases))
  }

  /// One of a few words.
  func choice<Value: RawRepresentable>(
    among values: [Value]
  ) throws(EditError) -> Value where Value.RawValue == String {
    guard let value = Value(rawValue: plain.lowercased()) else {
      throw wrong(legal: values.map(\.rawValue).joined(separator: ", "))
    }
    return value
  }

  /// The error of a value that is none, shown in one spelling.
  func wrong(_ text: String? = nil, legal: String) -> EditError {
    EditError(
      "bad-value", .data, "\(name) cannot be \"\(text ?? plain)\"", details: ["legal: \(legal)"])
  }

  /// The same, shown as it was typed.
  func asTyped(legal: String) -> EditError { wrong(typed, legal: legal) }
}
