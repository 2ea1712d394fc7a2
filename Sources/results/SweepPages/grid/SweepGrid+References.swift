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
    let byRow = distinctPairs(cells, by: \.cell.row)
    if byRow.values.allSatisfy({ $0.count <= 1 }) {
      return .rows(pairs((0..<rows).map { byRow[$0]?.first }, among: all))
    }
    let byColumn = distinctPairs(cells, by: \.cell.column)
    if byColumn.values.allSatisfy({ $0.count <= 1 }) {
      return .columns(pairs((0..<columns).map { byColumn[$0]?.first }, among: all))
    }
    return .page(pairs(all, among: all).compactMap(\.self))
  }

  private func distinctPairs(
    _ cells: [ResultRow], by place: (ResultRow) -> Int
  ) -> [Int: [ResultRow]] {
    Dictionary(grouping: cells, by: place).mapValues { distinctPairs($0) }
  }

  /// The first cell of each source and edit prompt, those of one source together.
  private func distinctPairs(_ cells: [ResultRow]) -> [ResultRow] {
    var seen: Set<SweepSnapshot.Shown> = []
    let first = cells.filter { seen.insert(SweepSnapshot.Shown($0)).inserted }
    let groups = Dictionary(grouping: first, by: \.cell.variant.source)
    var known: Set<Key?> = []
    let order = first.map(\.cell.variant.source).filter { known.insert($0).inserted }
    return order.flatMap { groups[$0] ?? [] }
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
