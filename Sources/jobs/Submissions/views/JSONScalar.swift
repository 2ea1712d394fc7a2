public import EditJobs
import Files
import Foundation
import Planner

/// A value of a table or an axis as JSON: a number where it is one, else a string.
public enum JSONScalar: Encodable, Sendable, Hashable {
  /// A text.
  case text(String)
  /// The decimal text of a number.
  case number(String)

  /// A text that is a number where numbers are meant.
  public init(_ text: String, isNumber: Bool) {
    self = isNumber && text.isDecimalNumber ? .number(text) : .text(text)
  }

  /// A value of an axis.
  public init(_ value: String, axis: String) {
    self.init(value, isNumber: AxisKind(name: axis)?.hasNumbers == true)
  }

  /// The coordinates of a cell by their axes.
  public static func values(_ coordinates: [Coordinate]) -> [String: JSONScalar] {
    Dictionary(
      coordinates.map { ($0.axis, JSONScalar($0.value, axis: $0.axis)) },
      uniquingKeysWith: { first, _ in first })
  }

  /// Writes the number or the text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .text(let text): try container.encode(text)
    case .number(let text):
      if let whole = Int64(text) {
        try container.encode(whole)
      } else if let number = Double(text), number.isFinite {
        try container.encode(number)
      } else {
        try container.encode(text)
      }
    }
  }
}
