public import Files

/// Which rows of a table of results are shown, and in which order.
///
/// Conditions are `column op value` with `=`, `!=`, `<`, `<=`, `>` or `>=`; what is a number on both
/// sides is compared as one, everything else as text. A row without a value fits no condition and
/// stands last.
public struct ResultsQuery: Sendable {
  private struct Condition: Sendable {
    var column: String
    var comparison: String
    var value: String
  }

  private var conditions: [Condition] = []
  private var order: [(column: String, descends: Bool)] = []

  /// The column that says how well an edit did on its weaker side.
  static let best = "psnr_edit"

  /// Reads conditions, all of which must hold, and `tau,-psnr`: columns to sort by, `-` for falling, or
  /// `best` for the edits that are near the re-prompt inside the mask and near the source outside it.
  ///
  /// - Throws: `bad-query`.
  public init(where conditions: [String], sort: String?) throws(EditError) {
    for text in conditions { self.conditions.append(try Self.condition(text)) }
    for part in sort?.split(separator: ",") ?? [] {
      let name = part.withoutBlanks
      if name == "best" {
        order.append((Self.best, true))
        continue
      }
      order.append(
        name.hasPrefix("-") ? (String(name.dropFirst()), true) : (name, false))
    }
  }

  /// The rows of a table that fit, in order.
  ///
  /// - Throws: `bad-query` where the table has no such column.
  public func rows(of table: ResultsTable) throws(EditError) -> [Int] {
    var fitting = Array(table.rows.indices)
    for condition in conditions {
      let column = try Self.column(condition.column, of: table)
      fitting = fitting.filter { row in
        guard let value = table.rows[row][column] else { return false }
        return Self.holds(Self.order(value, condition.value), condition.comparison)
      }
    }
    for key in order.reversed() {
      let column = try Self.column(key.column, of: table)
      fitting = Self.sorted(fitting, by: { table.rows[$0][column] }, descends: key.descends)
    }
    return fitting
  }

  private static let comparisons = [">=", "<=", "!=", "==", "=", ">", "<"]

  private static func condition(_ text: String) throws(EditError) -> Condition {
    let found = comparisons.compactMap { comparison in
      text.unicodeScalars.firstRange(of: comparison.unicodeScalars).map { (comparison, $0) }
    }
    // The first place counts, and there the longest operator.
    let first = found.min { left, right in
      (left.1.lowerBound, right.0.count) < (right.1.lowerBound, left.0.count)
    }
    func trimmed(_ text: Substring) -> String {
      text.withSingleBlanks
    }
    guard let (comparison, range) = first,
      case let column = trimmed(text[..<range.lowerBound]), !column.isEmpty
    else {
      throw EditError(
        "bad-query", .usage, "a condition is a column, an operator and a value: \"\(text)\"",
        hint: "--where 'tau>=0.5'")
    }
    return Condition(
      column: column, comparison: comparison, value: trimmed(text[range.upperBound...]))
  }

  private static func column(
    _ name: String, of table: ResultsTable
  ) throws(EditError) -> Int {
    guard let column = table.columns.firstIndex(of: name) else {
      throw EditError(
        "bad-query", .usage, "the table has no column \"\(name)\"",
        details: ["it has \(table.columns.joined(separator: ", "))"])
    }
    return column
  }

  /// Below 0, 0 or above 0, as the left value is smaller, equal or larger.
  private static func order(_ left: String, _ right: String) -> Int {
    if let a = Double(left), let b = Double(right) { return a < b ? -1 : a == b ? 0 : 1 }
    return left < right ? -1 : left == right ? 0 : 1
  }

  private static func holds(_ order: Int, _ comparison: String) -> Bool {
    switch comparison {
    case ">=": order >= 0
    case "<=": order <= 0
    case ">": order > 0
    case "<": order < 0
    case "!=": order != 0
    default: order == 0
    }
  }

  /// Equal rows keep their order; those without a value come last either way.
  private static func sorted(
    _ rows: [Int], by value: (Int) -> String?, descends: Bool
  ) -> [Int] {
    let keys = rows.enumerated().map {
      (place: $0.offset, row: $0.element, value: value($0.element))
    }
    return keys.sorted { left, right in
      guard let a = left.value, let b = right.value else {
        return (left.value == nil ? 1 : 0, left.place) < (right.value == nil ? 1 : 0, right.place)
      }
      let order = order(a, b) * (descends ? -1 : 1)
      return order == 0 ? left.place < right.place : order < 0
    }.map(\.row)
  }
}
