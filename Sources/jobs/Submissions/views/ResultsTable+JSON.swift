public import SweepPages

extension ResultsTable {
  /// The rows as JSON: the values of the columns by their names, `null` where one does not apply.
  public var rowsByColumn: [[String: JSONScalar?]] {
    rows.map { row in
      let cells = zip(columns, row).map { column, cell in
        (column, cell.map { JSONScalar($0, isNumber: hasNumbers(in: column)) })
      }
      return Dictionary(uniqueKeysWithValues: cells)
        .merging(["schema": .text("p2p.result/1")]) { own, _ in own }
    }
  }
}
