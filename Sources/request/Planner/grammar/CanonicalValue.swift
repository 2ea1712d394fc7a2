/// JSON with one spelling: sorted keys, no blanks, numbers as their canonical decimal text.
indirect enum CanonicalValue {
  case text(String)
  case number(String)
  case flag(Bool)
  case null
  case list([CanonicalValue])
  case object([String: CanonicalValue])

  static func integer(_ value: Int) -> CanonicalValue { .number(String(value)) }

  var json: String {
    switch self {
    case .text(let text): return Self.quoted(text)
    case .number(let digits): return digits
    case .flag(let flag): return flag ? "true" : "false"
    case .null: return "null"
    case .list(let values): return "[\(values.map(\.json).joined(separator: ","))]"
    case .object(let members):
      let sorted = members.sorted {
        $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
      }
      return "{\(sorted.map { "\(Self.quoted($0.key)):\($0.value.json)" }.joined(separator: ","))}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
