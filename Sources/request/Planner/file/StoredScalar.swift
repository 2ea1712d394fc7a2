import EditJobs
import Foundation

/// A text, a number or a flag of a stored request.
enum StoredScalar: Hashable, Sendable {
  /// A text.
  case text(String)
  /// A number, by its digits, so that no binary fraction stands between.
  case number(String)
  /// Yes or no.
  case flag(Bool)
  /// Nothing said.
  case null

  /// What `SweepRequest.set` reads; `nil` where nothing is said.
  var asTyped: String? {
    switch self {
    case .text(let text), .number(let text): text
    case .flag(let flag): flag ? "true" : "false"
    case .null: nil
    }
  }
}

extension StoredScalar: Codable {
  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let flag = try? value.decode(Bool.self) {
      self = .flag(flag)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else {
      self = .number(try value.decode(Decimal.self).description)
    }
  }

  func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .text(let text): try value.encode(text)
    case .number(let digits): try value.encode(CanonicalJSON.digits(digits))
    case .flag(let flag): try value.encode(flag)
    case .null: try value.encodeNil()
    }
  }
}
