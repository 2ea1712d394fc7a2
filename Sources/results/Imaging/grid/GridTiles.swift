extension GridDescription {
  /// This grid, or its parts where it is larger than one file may be.
  ///
  /// `fits` lays a part out. Parts repeat title, labels and the references of their cells.
  func tiles(fits: (GridDescription) -> Fit) -> [GridDescription] {
    switch fits(self) {
    case .fits: [self]
    case .tooWide: (splitColumns() ?? splitPages() ?? splitRows()).tiles(self, fits)
    case .tooTall: (splitPages() ?? splitRows() ?? splitColumns()).tiles(self, fits)
    }
  }

  /// How a grid's size compares with the limits.
  enum Fit {
    case fits, tooWide, tooTall
  }

  private func splitColumns() -> [GridDescription]? {
    halves(columns.count).map { halves in
      halves.map { range in
        var part = self
        part.columns = Array(columns[range])
        part.pages = pages.map { $0.columns(range) }
        return part
      }
    }
  }

  private func splitPages() -> [GridDescription]? {
    halves(pages.count).map { halves in
      halves.map { range in
        var part = self
        part.pages = Array(pages[range])
        return part
      }
    }
  }

  private func splitRows() -> [GridDescription]? {
    guard let page = pages.first, let halves = halves(page.height) else { return nil }
    return halves.map { range in
      var part = self
      part.pages = pages.map { $0.rows(range) }
      return part
    }
  }

  private func halves(_ count: Int) -> [Range<Int>]? {
    count < 2 ? nil : [0..<(count + 1) / 2, (count + 1) / 2..<count]
  }
}

extension [GridDescription]? {
  /// The parts' tiles; a grid that cannot be cut is one tile.
  fileprivate func tiles(
    _ whole: GridDescription, _ fits: (GridDescription) -> GridDescription.Fit
  ) -> [GridDescription] {
    self?.flatMap { $0.tiles(fits: fits) } ?? [whole]
  }
}

extension GridPage {
  fileprivate func columns(_ range: Range<Int>) -> GridPage {
    var part = self
    part.rows = rows.map { GridRow(label: $0.label, cells: Array($0.cells[range])) }
    if case .columns(let pairs) = references {
      part.references = .columns(Array(pairs[range.clamped(to: 0..<pairs.count)]))
    }
    return part
  }

  fileprivate func rows(_ range: Range<Int>) -> GridPage {
    var part = self
    part.rows = Array(rows[range.clamped(to: 0..<rows.count)])
    let own = range.clamped(to: 0..<leftPairs.count)
    switch references {
    case .page(let pairs) where pairs.count > 1: part.references = .page(Array(pairs[own]))
    case .rows(let pairs): part.references = .rows(Array(pairs[own]))
    case .page, .columns: break
    }
    return part
  }
}
