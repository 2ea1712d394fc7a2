import CPangoCairo

/// Draws single items of a grid with Cairo.
struct GridPen {
  private let cairo: OpaquePointer
  private let theme: GridTheme

  /// Draws on a Cairo context that outlives the pen.
  init(_ cairo: OpaquePointer, _ theme: GridTheme) { (self.cairo, self.theme) = (cairo, theme) }

  /// Draws everything but pictures.
  func draw(_ item: GridItem) {
    switch item.kind {
    case .text(let block, let color):
      use(color)
      cairo_move_to(cairo, Double(item.area.x), Double(item.area.y))
      pango_cairo_show_layout(cairo, block.layout)
    case .frame(let thickness, let color): ring(item.area, thickness, color)
    case .dashes(let color): dashes(item.area, color)
    case .fill(let color): fill(item.area, color)
    case .hatching: hatching(item.area)
    case .picture: break
    }
  }

  /// Fills a rectangle.
  func fill(_ area: GridRectangle, _ color: GridTheme.Color) {
    use(color)
    cairo_rectangle(
      cairo, Double(area.x), Double(area.y), Double(area.width), Double(area.height))
    cairo_fill(cairo)
  }

  private func ring(_ area: GridRectangle, _ thickness: Int, _ color: GridTheme.Color) {
    use(color)
    let inset = Double(thickness) / 2
    cairo_set_line_width(cairo, Double(thickness))
    cairo_rectangle(
      cairo, Double(area.x) + inset, Double(area.y) + inset, Double(area.width - thickness),
      Double(area.height - thickness))
    cairo_stroke(cairo)
  }

  /// Dashes of whole pixels that begin and end in the corners.
  private func dashes(_ area: GridRectangle, _ color: GridTheme.Color) {
    let stroke = GridMetrics.rePromptStroke
    for start in dashStarts(area.width) {
      for y in [area.y, area.y + area.height - stroke] {
        fill(
          GridRectangle(x: area.x + start, y: y, width: GridMetrics.dash, height: stroke), color)
      }
    }
    for start in dashStarts(area.height) {
      for x in [area.x, area.x + area.width - stroke] {
        fill(
          GridRectangle(x: x, y: area.y + start, width: stroke, height: GridMetrics.dash), color)
      }
    }
  }

  private func dashStarts(_ length: Int) -> [Int] {
    let dash = GridMetrics.dash
    let count = max(1, (length - dash + dash - 1) / (dash + 5))
    return (0...count).map { $0 * (length - dash) / count }
  }

  /// What stands where a picture is missing.
  func hatching(_ area: GridRectangle) {
    fill(area, theme.missing)
    cairo_save(cairo)
    cairo_rectangle(
      cairo, Double(area.x), Double(area.y), Double(area.width), Double(area.height))
    cairo_clip(cairo)
    use(theme.hatching)
    cairo_set_line_width(cairo, 1.5)
    let (left, bottom) = (Double(area.x), Double(area.y + area.height))
    for offset in stride(from: 5, to: area.width + area.height, by: 10) {
      cairo_move_to(cairo, left + Double(offset - area.height), bottom - Double(area.height))
      cairo_line_to(cairo, left + Double(offset), bottom)
    }
    cairo_stroke(cairo)
    cairo_restore(cairo)
  }

  private func use(_ color: GridTheme.Color) {
    cairo_set_source_rgb(
      cairo, Double(color.red) / 255, Double(color.green) / 255, Double(color.blue) / 255)
  }
}
