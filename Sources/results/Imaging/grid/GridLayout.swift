import CPangoCairo

/// What is drawn where in one file of a grid.
struct GridLayout {
  private(set) var items: [GridItem] = []
  private(set) var size = PictureSize(width: 0, height: 0)

  private let options: GridOptions
  private let typesetter: Typesetter
  private let columns: GridColumns
  private var y = GridMetrics.margin

  private var theme: GridTheme { options.theme }
  private var slot: PictureSize { columns.slot }

  /// Lays a description out; `slot` is the size of every place.
  init(
    _ description: GridDescription, slot: PictureSize, options: GridOptions, typesetter: Typesetter
  ) {
    (self.options, self.typesetter) = (options, typesetter)
    func labelWidth(_ text: String) -> Int {
      typesetter.block(
        text, GridMetrics.body, width: slot.width, lines: GridMetrics.labelLines,
        aligned: PANGO_ALIGN_RIGHT)?.width ?? 0
    }
    var labels = Set(description.pages.flatMap { $0.rows.map(\.label) })
    for pair in description.pages.flatMap(\.topPairs) {
      if pair?.source != nil { labels.insert(GridMetrics.source) }
      if pair?.rePrompt != nil { labels.insert(GridMetrics.rePrompt) }
    }
    columns = GridColumns(
      description, slot: slot, labelWidth: labels.map(labelWidth).max() ?? 0)
    let right = max(columns.end, GridMetrics.margin + GridMetrics.leastContentWidth)
    header(description, width: right - GridMetrics.margin)
    for (index, page) in description.pages.enumerated() {
      if index > 0 { y += GridMetrics.pageGap }
      table(page, labels: description.columns, width: right - GridMetrics.margin)
    }
    size = PictureSize(width: right + GridMetrics.margin, height: y + GridMetrics.margin)
  }

  private mutating func header(_ description: GridDescription, width: Int) {
    let lines = [
      (description.title, GridMetrics.title, theme.text),
      (description.prompts, GridMetrics.body, theme.text),
      (description.settings, GridMetrics.small, theme.faintText),
    ]
    let top = y
    for (text, style, color) in lines {
      let used = write(
        text, style, color, x: GridMetrics.margin, y: y, width: width,
        lines: GridMetrics.headerLines, aligned: PANGO_ALIGN_LEFT)
      if used > 0 { y += used + GridMetrics.headerLineGap }
    }
    if y > top { y += GridMetrics.headerGap - GridMetrics.headerLineGap }
  }

  private mutating func table(_ page: GridPage, labels: [String], width: Int) {
    let heading = write(
      page.heading, GridMetrics.heading, theme.text, x: GridMetrics.margin, y: y, width: width,
      lines: GridMetrics.headerLines, aligned: PANGO_ALIGN_LEFT)
    if heading > 0 { y += heading + GridMetrics.headingGap }
    columnLabels(page, labels)
    topReferences(page)
    for row in 0..<page.height {
      if row > 0 { y += GridMetrics.gutter }
      self.row(page, row)
    }
  }

  /// Labels stand on the line above the first row; the tallest decides where that is.
  private mutating func columnLabels(_ page: GridPage, _ labels: [String]) {
    var places: [(x: Int, text: String)] = []
    if let x = columns.sourceX, page.leftPairs.contains(where: { $0?.source != nil }) {
      places.append((x, GridMetrics.source))
    }
    if let x = columns.rePromptX, page.leftPairs.contains(where: { $0?.rePrompt != nil }) {
      places.append((x, GridMetrics.rePrompt))
    }
    places += labels.enumerated().map { (columns.cell($0.offset), $0.element) }
    let blocks = places.map { place in
      typesetter.block(
        place.text, GridMetrics.body, width: slot.width, lines: GridMetrics.labelLines,
        aligned: PANGO_ALIGN_CENTER)
    }
    let height = blocks.compactMap { $0?.height }.max() ?? 0
    if height == 0 { return }
    for case (let place, let block?) in zip(places, blocks) {
      add(block, theme.text, x: place.x, y: y + height - block.height, width: slot.width)
    }
    y += height + GridMetrics.labelGap
  }

  private mutating func topReferences(_ page: GridPage) {
    let pairs = page.topPairs
    let sources = pairs.map { $0?.source }
    let rePrompts = pairs.map { $0?.rePrompt }
    for (references, name, isSource) in [
      (sources, GridMetrics.source, true), (rePrompts, GridMetrics.rePrompt, false),
    ] where references.contains(where: { $0 != nil }) {
      let height =
        references.enumerated().map { column, reference in
          reference.map { draw($0, x: columns.cell(column), isSource: isSource) } ?? 0
        }.max() ?? 0
      rowLabel(name)
      y += height + GridMetrics.pairGutter
    }
    if pairs.contains(where: { $0 != nil }) { y += GridMetrics.wideGutter - GridMetrics.pairGutter }
  }

  private mutating func row(_ page: GridPage, _ row: Int) {
    var height = slot.height
    if row < page.leftPairs.count, let pair = page.leftPairs[row] {
      if let source = pair.source, let x = columns.sourceX {
        height = max(height, draw(source, x: x, isSource: true))
      }
      if let rePrompt = pair.rePrompt, let x = columns.rePromptX {
        height = max(height, draw(rePrompt, x: x, isSource: false))
      }
    }
    if row < page.rows.count {
      height = max(height, rowLabel(page.rows[row].label))
      for (column, cell) in page.rows[row].cells.enumerated() {
        let place = GridRectangle(
          x: columns.cell(column), y: y, width: slot.width, height: slot.height)
        let picture = draw(cell.content, in: place)
        if cell.isRePrompt { dashes(around: picture) } else { outline(picture, cell.content) }
      }
    }
    y += height
  }

  /// Draws a label left of the cells in the middle of the row and gives its height.
  @discardableResult
  private mutating func rowLabel(_ text: String) -> Int {
    let block = typesetter.block(
      text, GridMetrics.body, width: slot.width, lines: GridMetrics.labelLines,
      aligned: PANGO_ALIGN_RIGHT)
    guard let block else { return 0 }
    let top = y + max(0, (slot.height - block.height) / 2)
    add(block, theme.text, x: columns.labelsEnd - slot.width, y: top, width: slot.width)
    return block.height
  }

  /// Draws a reference at the current height and gives how much of it is used.
  private mutating func draw(_ reference: GridReference, x: Int, isSource: Bool) -> Int {
    let place = GridRectangle(x: x, y: y, width: slot.width, height: slot.height)
    let picture = draw(reference.content, in: place)
    if isSource {
      let frame = GridMetrics.sourceFrame
      items.append(
        GridItem(
          kind: .frame(thickness: frame, theme.sourceFrame), area: picture.grown(by: frame)))
    } else {
      dashes(around: picture)
    }
    let caption = write(
      reference.caption, GridMetrics.small, theme.faintText, x: x,
      y: y + slot.height + GridMetrics.captionGap, width: slot.width,
      lines: GridMetrics.labelLines, aligned: PANGO_ALIGN_CENTER)
    return slot.height + (caption > 0 ? GridMetrics.captionGap + caption : 0)
  }

  /// Draws what is in a place and gives the rectangle that a frame goes around.
  private mutating func draw(_ content: GridCell.Content, in place: GridRectangle) -> GridRectangle
  {
    switch content {
    case .picture(let image):
      let area = place.centered(options.drawn(image.size))
      items.append(GridItem(kind: .picture(image), area: area))
      return area
    case .missing(let word):
      items.append(GridItem(kind: .hatching, area: place))
      let block = typesetter.block(
        word, GridMetrics.small, width: max(1, place.width - 20), lines: 2,
        aligned: PANGO_ALIGN_CENTER)
      if let block {
        let size = PictureSize(width: block.width + 16, height: block.height + 8)
        let plate = place.centered(size)
        items.append(GridItem(kind: .fill(theme.missing), area: plate))
        add(block, theme.text, x: place.x + 10, y: plate.y + 4, width: place.width - 20)
      }
      return place
    case .excluded:
      return place
    }
  }

  private mutating func outline(_ area: GridRectangle, _ content: GridCell.Content) {
    if case .excluded = content { return }
    items.append(GridItem(kind: .frame(thickness: 1, theme.outline), area: area.grown(by: 1)))
  }

  private mutating func dashes(around area: GridRectangle) {
    items.append(
      GridItem(
        kind: .dashes(theme.rePromptFrame), area: area.grown(by: GridMetrics.rePromptFrame)))
  }

  /// Draws text and gives its height; 0 for an empty one.
  private mutating func write(
    _ text: String, _ style: Typesetter.Style, _ color: GridTheme.Color, x: Int, y: Int, width: Int,
    lines: Int, aligned: PangoAlignment
  ) -> Int {
    let block = typesetter.block(text, style, width: width, lines: lines, aligned: aligned)
    guard let block else { return 0 }
    add(block, color, x: x, y: y, width: width)
    return block.height
  }

  private mutating func add(
    _ block: Typesetter.Block, _ color: GridTheme.Color, x: Int, y: Int, width: Int
  ) {
    let area = GridRectangle(x: x, y: y, width: width, height: block.height)
    items.append(GridItem(kind: .text(block, color), area: area))
  }
}
