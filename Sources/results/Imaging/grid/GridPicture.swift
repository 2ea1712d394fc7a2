/// A labelled grid of pictures: sources and plain re-prompts at the far left, then the cells.
///
/// Equal descriptions give equal pixels on one machine; fonts decide about others. A grid larger
/// than the options' limits becomes several tiles, each with title and labels. Use it on one
/// thread.
public struct GridPicture {
  private let layouts: [GridLayout]
  private let options: GridOptions
  private let text: PNGText

  /// Lays a grid out; throws `ImagingError` where no font is installed.
  public init(_ description: GridDescription, options: GridOptions = GridOptions()) throws {
    let typesetter = try Typesetter()
    let slot = description.slot(options)
    func layout(_ part: GridDescription) -> GridLayout {
      GridLayout(part, slot: slot, options: options, typesetter: typesetter)
    }
    var tiles = description.tiles { part in options.fit(layout(part).size) }
    if tiles.count > 1 {
      for index in tiles.indices { tiles[index].title += " (tile \(index + 1) of \(tiles.count))" }
    }
    layouts = tiles.map(layout)
    self.options = options
    text = try description.parameters().pngText()
  }

  /// The size of each tile; almost always one.
  public var sizes: [PictureSize] { layouts.map(\.size) }

  /// The tiles' file names: `grid.png`, or `grid-1.png`, `grid-2.png` ….
  public func fileNames(_ base: String = "grid") -> [String] {
    layouts.count == 1 ? ["\(base).png"] : layouts.indices.map { "\(base)-\($0 + 1).png" }
  }

  /// Draws a tile.
  public func pixels(tile: Int = 0) throws -> PixelBuffer {
    let size = layouts[tile].size
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size.width * size.height * 3)
    var canvas = GridCanvas(layouts[tile], theme: options.theme)
    try canvas.draw { bytes.append(contentsOf: $0) }
    return PixelBuffer(width: size.width, height: size.height, bytes: bytes)
  }

  /// Draws a tile as a PNG file, whose text `parameters` has all labels in full.
  public func png(tile: Int = 0) throws -> [UInt8] {
    let size = layouts[tile].size
    let encoder = try PNGEncoder(width: size.width, height: size.height, texts: [text])
    var canvas = GridCanvas(layouts[tile], theme: options.theme)
    try canvas.draw { try encoder.append(rows: $0) }
    return try encoder.finish()
  }
}

extension GridOptions {
  fileprivate func fit(_ size: PictureSize) -> GridDescription.Fit {
    if size.width > largestSide { return .tooWide }
    if size.height > largestSide { return .tooTall }
    if size.width * size.height <= largestArea { return .fits }
    return size.width > size.height ? .tooWide : .tooTall
  }
}

extension GridDescription {
  /// The infotext with all labels; its last pair is the program's name.
  fileprivate func parameters() -> Infotext {
    var headings = pages.map(\.heading)
    headings.removeAll(where: \.isEmpty)
    var rows: [String] = []
    for label in pages.flatMap({ $0.rows.map(\.label) })
    where !label.isEmpty && !rows.contains(label) {
      rows.append(label)
    }
    let axes = [("columns", columns), ("rows", rows), ("pages", headings)]
      .filter { !$0.1.isEmpty }.map { "\($0.0): \($0.1.joined(separator: " | "))" }
    var infotext = infotext
    let version = infotext["Version"] ?? "p2p"
    infotext.pairs.removeAll { $0.key == "Version" }
    infotext.pairs.append(Infotext.Pair("P2P axes", axes.joined(separator: "; ")))
    infotext.pairs.append(Infotext.Pair("Version", version))
    return infotext
  }
}
