import EditJobs
import Imaging
import JobStore

/// Where sources and plain re-prompts stand.
extension SweepGrid {
  /// Beside the page where it has one source and one edit prompt, else beside each row or column
  /// that has; where neither does, all of them beside the page. Each source stands there once.
  func references(_ cells: [ResultRow], rows: Int, columns: Int) -> GridReferences {
    let all = distinctPairs(cells)
    if all.count <= 1 { return .page(pairs(all, among: all).compactMap(\.self)) }
    let byRow = (0..<rows).map { row in distinctPairs(cells.filter { $0.cell.row == row }) }
    if byRow.allSatisfy({ $0.count <= 1 }) {
      return .rows(pairs(byRow.map(\.first), among: all))
    }
    let byColumn = (0..<columns).map { column in
      distinctPairs(cells.filter { $0.cell.column == column })
    }
    if byColumn.allSatisfy({ $0.count <= 1 }) {
      return .columns(pairs(byColumn.map(\.first), among: all))
    }
    return .page(pairs(all, among: all).compactMap(\.self))
  }

  /// The first cell of each source and edit prompt, those of one source together.
  private func distinctPairs(_ cells: [ResultRow]) -> [ResultRow] {
    var seen: Set<[String]> = []
    let first = cells.filter {
      seen.insert([$0.cell.variant.source?.description ?? "", $0.edit.prompt]).inserted
    }
    var order: [Key?] = []
    for cell in first where !order.contains(cell.cell.variant.source) {
      order.append(cell.cell.variant.source)
    }
    return order.flatMap { source in first.filter { $0.cell.variant.source == source } }
  }

  private func pairs(_ cells: [ResultRow?], among all: [ResultRow]) -> [GridPair?] {
    let edits = Set(all.map(\.edit.prompt)).count > 1
    var shown: Set<Key> = []
    return cells.map { row in
      guard let row else { return nil }
      var pair = GridPair(source: nil)
      if let key = row.cell.variant.source, shown.insert(key).inserted {
        pair.source = GridReference(
          sourcePicture(key, row.source), caption: snapshot.traits(of: row.source))
      }
      if let plain = snapshot.rePrompt(of: row) {
        pair.rePrompt = GridReference(picture(plain), caption: edits ? plain.edit.prompt : "")
      }
      return pair.source == nil && pair.rePrompt == nil ? nil : pair
    }
  }
}
