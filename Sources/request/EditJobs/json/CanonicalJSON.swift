public import Files
import Foundation

/// A JSON value that is written in one way only: sorted keys, no blanks, the shortest numbers that
/// read back as themselves. The form is ours, to the byte.
public enum CanonicalJSON: Sendable, Hashable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A whole number.
  case integer(Int64)
  /// A whole number that may be above `Int64.max`.
  case unsigned(UInt64)
  /// A finite number; −0 is written as 0.
  case number(Double)
  /// A number by its digits, which are written as they are.
  case digits(String)
  /// Text.
  case string(String)
  /// A list.
  case array([CanonicalJSON])
  /// An object.
  case object([String: CanonicalJSON])

  /// The value of anything `Encodable`; absent optionals are left out.
  ///
  /// Throws `EncodingError`, for numbers that are not finite too.
  public init(_ value: some Encodable) throws {
    let encoder = CanonicalEncoder(codingPath: [])
    try value.encode(to: encoder)
    self = encoder.value
  }

  /// The text, without a newline at its end.
  ///
  /// - Parameter blanks: which blanks inside of texts have a letter.
  public func text(blanks: JSONBlanks = .newline) -> String {
    var result = ""
    write(to: &result, blanks)
    return result
  }

  /// The text, without a newline at its end.
  public var text: String { text() }

  private func write(to text: inout String, _ blanks: JSONBlanks) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .unsigned(let value): text += String(value)
    case .number(let value): text += Self.digits(value)
    case .digits(let digits): text += digits
    case .string(let value): text += value.jsonQuoted(blanks)
    case .array(let values):
      text += "["
      for (index, value) in values.enumerated() {
        if index > 0 { text += "," }
        value.write(to: &text, blanks)
      }
      text += "]"
    case .object(let members):
      text += "{"
      let sorted = members.sorted {
        $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
      }
      for (index, member) in sorted.enumerated() {
        if index > 0 { text += "," }
        text += member.key.jsonQuoted(blanks)
        text += ":"
        member.value.write(to: &text, blanks)
      }
      text += "}"
    }
  }

  private static func digits(_ value: Double) -> String {
    precondition(value.isFinite, "JSON has no \(value)")
    if value == value.rounded(), abs(value) < 9_007_199_254_740_992 { return String(Int64(value)) }
    return value.description
  }
}

extension CanonicalJSON: Encodable {
  /// Writes the value as it is; digits as the decimal number that they are.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .unsigned(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .digits(let digits): try container.encode(Decimal(string: digits))
    case .string(let value): try container.encode(value)
    case .array(let values): try container.encode(values)
    case .object(let members): try container.encode(members)
    }
  }
}
