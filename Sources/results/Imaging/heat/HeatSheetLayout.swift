import CPangoCairo

/// What is drawn where on a sheet of heat maps.
struct HeatSheetLayout {
  private(set) var items: [GridItem] = []
  private(set) var size = PictureSize(width: 0, height: 0)

  private let theme: GridTheme
  private let typesetter: Typesetter
  private let slot: PictureSize
  private let left: Int
  private var y = GridMetrics.margin

  init(_ sheet: HeatSheet, theme: GridTheme, typesetter: Typesetter) {
    (self.theme, self.typesetter) = (theme, typesetter)
    let pictures = sheet.rows.flatMap(\.panels).compactMap(\.pixels)
    slot = PictureSize(
      width: pictures.map(\.width).max() ?? 128, height: pictures.map(\.height).max() ?? 128)
    let widest =
      sheet.rows.map { row in
        typesetter.block(
          row.label, GridMetrics.body, width: 200, lines: 3, aligned: PANGO_ALIGN_RIGHT)?.width ?? 0
      }.max() ?? 0
    left = GridMetrics.margin + widest + (widest > 0 ? GridMetrics.rowLabelGap : 0)
    let columns = sheet.rows.map(\.panels.count).max() ?? 1
    let right = max(
      left + columns * (slot.width + GridMetrics.gutter) - GridMetrics.gutter,
      GridMetrics.margin + GridMetrics.leastContentWidth)
    let width = right - GridMetrics.margin
    header(sheet, width)
    for (index, row) in sheet.rows.enumerated() {
      if index > 0 { y += row.heading.isEmpty ? GridMetrics.gutter : GridMetrics.wideGutter }
      self.row(row, width)
    }
    for scale in sheet.scales { self.scale(scale, width) }
    size = PictureSize(width: right + GridMetrics.margin, height: y + GridMetrics.margin)
  }

  private mutating func header(_ sheet: HeatSheet, _ width: Int) {
    let lines =
      [(sheet.title, GridMetrics.title, theme.text)]
      + sheet.lines.map { ($0, GridMetrics.body, theme.faintText) }
    for (text, style, color) in lines {
      let used = write(text, style, color, x: GridMetrics.margin, y: y, width, lines: 4)
      if used > 0 { y += used + GridMetrics.headerLineGap }
    }
    y += GridMetrics.headerGap - GridMetrics.headerLineGap
  }

  private mutating func row(_ row: HeatSheet.Row, _ width: Int) {
    let heading = write(
      row.heading, GridMetrics.heading, theme.text, x: GridMetrics.margin, y: y, width, lines: 4)
    if heading > 0 { y += heading + GridMetrics.headingGap }
    let labels = row.panels.map { panel in
      typesetter.block(
        panel.label, GridMetrics.body, width: slot.width, lines: 2, aligned: PANGO_ALIGN_CENTER)
    }
    let tallest = labels.compactMap { $0?.height }.max() ?? 0
    for (index, label) in labels.enumerated() {
      if let label {
        add(label, theme.text, x: x(index), y: y + tallest - label.height, slot.width)
      }
    }
    if tallest > 0 { y += tallest + GridMetrics.labelGap }
    if let label = typesetter.block(
      row.label, GridMetrics.body, width: 200, lines: 3, aligned: PANGO_ALIGN_RIGHT)
    {
      let top = y + max(0, (slot.height - label.height) / 2)
      add(label, theme.text, x: left - GridMetrics.rowLabelGap - 200, y: top, 200)
    }
    var below = 0
    for (index, panel) in row.panels.enumerated() {
      let place = GridRectangle(x: x(index), y: y, width: slot.width, height: slot.height)
      draw(panel, in: place)
      let caption = write(
        panel.caption, GridMetrics.small, theme.faintText, x: place.x,
        y: y + slot.height + GridMetrics.captionGap, slot.width, lines: 2, PANGO_ALIGN_CENTER)
      if caption > 0 { below = max(below, GridMetrics.captionGap + caption) }
    }
    y += slot.height + below
  }

  private mutating func draw(_ panel: HeatSheet.Panel, in place: GridRectangle) {
    guard let pixels = panel.pixels else {
      items.append(GridItem(kind: .hatching, area: place))
      let block = typesetter.block(
        panel.missing, GridMetrics.small, width: max(1, place.width - 20), lines: 3,
        aligned: PANGO_ALIGN_CENTER)
      guard let block else { return }
      let size = PictureSize(width: block.width + 16, height: block.height + 8)
      let plate = place.centered(size)
      items.append(GridItem(kind: .fill(theme.missing), area: plate))
      return add(block, theme.text, x: place.x + 10, y: plate.y + 4, place.width - 20)
    }
    let image = GridImage(pixels)
    let area = place.centered(image.size)
    items.append(GridItem(kind: .picture(image), area: area))
    items.append(GridItem(kind: .frame(thickness: 1, theme.outline), area: area.grown(by: 1)))
  }

  /// The bar, a short line below it at each number, the numbers, and what they are.
  private mutating func scale(_ scale: HeatSheet.Scale, _ width: Int) {
    y += GridMetrics.wideGutter
    let image = GridImage(scale.bar)
    let (barWidth, barHeight) = (image.size.width, image.size.height)
    let bar = GridRectangle(x: left, y: y, width: barWidth, height: barHeight)
    items.append(GridItem(kind: .picture(image), area: bar))
    items.append(GridItem(kind: .frame(thickness: 1, theme.outline), area: bar.grown(by: 1)))
    y += barHeight + 1
    var height = 0
    for tick in scale.ticks {
      let at = left + Int((tick.place * Double(barWidth - 1)).rounded())
      let mark = GridRectangle(x: at, y: y, width: 1, height: 5)
      items.append(GridItem(kind: .fill(theme.text), area: mark))
      guard
        let number = typesetter.block(
          tick.text, GridMetrics.small, width: 120, lines: 1, aligned: PANGO_ALIGN_LEFT)
      else { continue }
      // Numbers at the ends may stand out over the bar, as far as the sheet goes.
      let end = width + GridMetrics.margin - number.width
      let x = max(0, min(at - number.width / 2, end))
      add(number, theme.text, x: x, y: y + 7, number.width)
      height = max(height, number.height)
    }
    y += 7 + height
    let used = write(
      scale.caption, GridMetrics.small, theme.faintText, x: left, y: y + 4,
      width - (left - GridMetrics.margin), lines: 3)
    y += used > 0 ? used + 4 : 0
  }

  private func x(_ column: Int) -> Int { left + column * (slot.width + GridMetrics.gutter) }

  /// Draws text and gives its height; 0 for an empty one.
  private mutating func write(
    _ text: String, _ style: Typesetter.Style, _ color: GridTheme.Color, x: Int, y: Int,
    _ width: Int, lines: Int, _ aligned: PangoAlignment = PANGO_ALIGN_LEFT
  ) -> Int {
    let block = typesetter.block(text, style, width: width, lines: lines, aligned: aligned)
    guard let block else { return 0 }
    add(block, color, x: x, y: y, width)
    return block.height
  }

  private mutating func add(
    _ block: Typesetter.Block, _ color: GridTheme.Color, x: Int, y: Int, _ width: Int
  ) {
    let area = GridRectangle(x: x, y: y, width: width, height: block.height)
    items.append(GridItem(kind: .text(block, color), area: area))
  }
}
