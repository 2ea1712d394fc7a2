import Files

/// Columns of text, aligned by the widest cell as it is shown; numbers to the right.
struct TableText {
  enum Side { case left, right }

  private let sides: [Side]
  private var rows: [[String]]

  /// Begins a table with its headings.
  init(_ headings: [(String, Side)]) {
    sides = headings.map(\.1)
    rows = [headings.map(\.0.displayed)]
  }

  mutating func add(_ cells: [String]) {
    precondition(cells.count == sides.count, "a row has as many cells as the table has columns")
    rows.append(cells.map(\.displayed))
  }

  /// The lines, without blanks at their ends.
  var lines: [String] {
    let widths = sides.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.indices.map { column in
        let blanks = String(repeating: " ", count: widths[column] - row[column].count)
        return sides[column] == .left ? row[column] + blanks : blanks + row[column]
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
