/// A sheet of panels with labels and a scale bar with numbers: what word heat maps are shown on.
public struct HeatSheet: Sendable {
  /// One picture of the sheet.
  public struct Panel: Sendable {
    /// Stands above the picture.
    public var label: String
    /// Stands below it, small.
    public var caption: String
    /// The picture; `nil` for a place that `missing` explains.
    public var pixels: PixelBuffer?
    /// Why there is no picture.
    public var missing: String

    /// Makes a panel.
    public init(_ label: String, _ pixels: PixelBuffer?, caption: String = "", missing: String = "")
    {
      (self.label, self.caption, self.pixels, self.missing) = (label, caption, pixels, missing)
    }
  }

  /// Panels side by side.
  public struct Row: Sendable {
    /// A line above the row; empty for none.
    public var heading: String
    /// Stands left of the row; empty for none.
    public var label: String
    /// From left to right.
    public var panels: [Panel]

    /// Makes a row.
    public init(heading: String = "", label: String = "", panels: [Panel]) {
      (self.heading, self.label, self.panels) = (heading, label, panels)
    }
  }

  /// A bar of colours with numbers below it.
  public struct Scale: Sendable {
    /// The bar.
    public var bar: PixelBuffer
    /// Numbers, and where they stand on the bar, 0…1.
    public var ticks: [(place: Double, text: String)]
    /// What the numbers are.
    public var caption: String

    /// Makes a scale.
    public init(bar: PixelBuffer, ticks: [(place: Double, text: String)], caption: String) {
      (self.bar, self.ticks, self.caption) = (bar, ticks, caption)
    }
  }

  /// The first line, in large type.
  public var title: String
  /// Further lines below it.
  public var lines: [String]
  /// The rows from top to bottom.
  public var rows: [Row]
  /// The scales below the rows.
  public var scales: [Scale]

  /// Makes a sheet.
  public init(title: String, lines: [String], rows: [Row], scales: [Scale]) {
    precondition(rows.contains { !$0.panels.isEmpty })
    (self.title, self.lines, self.rows, self.scales) = (title, lines, rows, scales)
  }

  /// Draws the sheet.
  ///
  /// - Throws: `ImagingError` where no font is installed, or the sheet is too large.
  public func pixels(theme: GridTheme = .light) throws -> PixelBuffer {
    let layout = HeatSheetLayout(self, theme: theme, typesetter: try Typesetter())
    let size = layout.size
    guard size.width <= PNGFile.largestSide, size.height <= PNGFile.largestSide,
      size.width * size.height <= PNGFile.largestArea
    else {
      throw ImagingError(
        .drawing, "the sheet has \(size.width)×\(size.height) pixels, more than one file may have")
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size.width * size.height * 3)
    var canvas = GridCanvas(items: layout.items, size: size, theme: theme)
    try canvas.draw { bytes.append(contentsOf: $0) }
    return PixelBuffer(width: size.width, height: size.height, bytes: bytes)
  }
}
