/// Where the columns of a grid stand; the same on all of its pages.
struct GridColumns {
  /// The size of every place.
  let slot: PictureSize
  /// Left edges of the references, where there are any.
  private(set) var sourceX: Int?
  private(set) var rePromptX: Int?
  /// Right edge of the row labels.
  private(set) var labelsEnd = 0
  /// Left edge of the first cell.
  private(set) var cellsX = 0
  /// Right edge of the last cell.
  private(set) var end = 0

  /// Places the columns of a description whose widest row label has `labelWidth` pixels.
  init(_ description: GridDescription, slot: PictureSize, labelWidth: Int) {
    self.slot = slot
    var x = GridMetrics.margin
    let pairs = description.pages.flatMap(\.leftPairs)
    if pairs.contains(where: { $0?.source != nil }) {
      sourceX = x
      x += slot.width + GridMetrics.pairGutter
    }
    if pairs.contains(where: { $0?.rePrompt != nil }) {
      rePromptX = x
      x += slot.width + GridMetrics.pairGutter
    }
    if x > GridMetrics.margin { x += GridMetrics.wideGutter - GridMetrics.pairGutter }
    labelsEnd = x + labelWidth
    cellsX = labelsEnd + (labelWidth > 0 ? GridMetrics.rowLabelGap : 0)
    end = cell(description.columns.count - 1) + slot.width
  }

  /// Left edge of a cell.
  func cell(_ column: Int) -> Int { cellsX + column * (slot.width + GridMetrics.gutter) }
}

extension GridPage {
  /// The references left of the cells, by row.
  var leftPairs: [GridPair?] {
    switch references {
    case .page(let pairs): pairs
    case .rows(let pairs): pairs
    case .columns: []
    }
  }

  /// The references above the cells, by column.
  var topPairs: [GridPair?] {
    if case .columns(let pairs) = references { pairs } else { [] }
  }

  /// The count of rows, those that only references need included.
  var height: Int { max(rows.count, leftPairs.count) }

  /// Everything that is drawn in the page's places.
  var contents: [GridCell.Content] {
    let pairs = leftPairs + topPairs
    return rows.flatMap { $0.cells.map(\.content) }
      + pairs.compactMap { $0?.source?.content } + pairs.compactMap { $0?.rePrompt?.content }
  }
}

extension GridDescription {
  /// The place that the largest drawn picture needs.
  func slot(_ options: GridOptions) -> PictureSize {
    var slot: PictureSize?
    for case .picture(let image) in pages.flatMap(\.contents) {
      let drawn = options.drawn(image.size)
      slot = PictureSize(
        width: max(slot?.width ?? 0, drawn.width), height: max(slot?.height ?? 0, drawn.height))
    }
    return slot ?? options.drawn(expectedSize)
  }
}
