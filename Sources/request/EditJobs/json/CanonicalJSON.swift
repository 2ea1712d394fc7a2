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

  /// The text, without a newline.
  public var text: String {
    var result = ""
    write(to: &result)
    return result
  }

  private func write(to text: inout String) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .unsigned(let value): text += String(value)
    case .number(let value): text += Self.digits(value)
    case .string(let value): Self.quote(value, to: &text)
    case .array(let values):
      text += "["
      for (index, value) in values.enumerated() {
        if index > 0 { text += "," }
        value.write(to: &text)
      }
      text += "]"
    case .object(let members):
      text += "{"
      let sorted = members.sorted {
        $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
      }
      for (index, member) in sorted.enumerated() {
        if index > 0 { text += "," }
        Self.quote(member.key, to: &text)
        text += ":"
        member.value.write(to: &text)
      }
      text += "}"
    }
  }

  private static func digits(_ value: Double) -> String {
    precondition(value.isFinite, "JSON has no \(value)")
    if value == value.rounded(), abs(value) < 9_007_199_254_740_992 { return String(Int64(value)) }
    return value.description
  }

  private static func quote(_ value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case _ where scalar.value < 32:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
