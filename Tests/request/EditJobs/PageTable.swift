import Foundation

/// A table of a page in `docs`, which tests judge by: what was written by hand.
struct PageTable: Sendable {
  /// The heads of the columns behind the first.
  let columns: [String]
  /// The first cells of the rows.
  let rows: [String]
  private let cells: [String: [String: String]]

  /// Reads the table whose first column has that head.
  init(_ page: String, _ head: String) throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: page), encoding: .utf8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let begin = lines.firstIndex(where: { $0.hasPrefix("| \(head) |") }) else {
      throw CocoaError(.fileReadCorruptFile, userInfo: [NSFilePathErrorKey: "\(page): \(head)"])
    }
    let table = lines[begin...].prefix { $0.hasPrefix("|") }.map { line in
      line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
        .map { $0.trimmingCharacters(in: .whitespaces) }
    }
    let columns = Array(table[0].dropFirst())
    (self.columns, rows) = (columns, table.dropFirst(2).map { $0[0] })
    cells = Dictionary(
      table.dropFirst(2).map { row in
        (row[0], Dictionary(zip(columns, row.dropFirst()), uniquingKeysWith: { first, _ in first }))
      }, uniquingKeysWith: { first, _ in first })
  }

  /// A cell by its row and its column; `nil` where the table has no such.
  subscript(row: String, column: String) -> String? { cells[row]?[column] }
}
