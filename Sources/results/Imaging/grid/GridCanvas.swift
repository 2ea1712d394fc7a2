import CPangoCairo

/// Draws what a layout has placed from top to bottom, one band of rows at a time.
struct GridCanvas {
  private let placed: [GridItem]
  private let size: PictureSize
  private let theme: GridTheme
  private let bandHeight = 256
  /// The pictures of a band, and those that the next one may need as well, by item; `nil` where there
  /// is none to draw.
  private var loaded: [Int: PixelBuffer?] = [:]

  /// Prepares to draw.
  init(_ layout: GridLayout, theme: GridTheme) {
    self.init(items: layout.items, size: layout.size, theme: theme)
  }

  /// Prepares to draw items on a ground of a size.
  init(items: [GridItem], size: PictureSize, theme: GridTheme) {
    (placed, self.size, self.theme) = (items, size, theme)
  }

  /// Gives all rows to `sink`, some at a time, as RGB.
  mutating func draw(into sink: (UnsafeBufferPointer<UInt8>) throws -> Void) throws {
    let stride = size.width * 3
    var rows = [UInt8](repeating: 0, count: stride * bandHeight)
    for top in Swift.stride(from: 0, to: size.height, by: bandHeight) {
      let band = top..<min(top + bandHeight, size.height)
      try loadPictures(band)
      try drawVectors(band, into: &rows)
      drawPictures(band, into: &rows)
      try rows.withUnsafeBufferPointer {
        try sink(UnsafeBufferPointer(rebasing: $0.prefix(band.count * stride)))
      }
    }
  }

  private func items(in band: Range<Int>) -> [(index: Int, item: GridItem)] {
    // Glyphs can reach beyond their line's height a little.
    placed.enumerated().filter { _, item in
      item.area.y - 16 < band.upperBound && item.area.y + item.area.height + 16 > band.lowerBound
    }.map { ($0.offset, $0.element) }
  }

  /// Texts, frames and hatching, by Cairo.
  private func drawVectors(_ band: Range<Int>, into rows: inout [UInt8]) throws {
    let width = size.width
    let surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(band.count))
    let cairo = cairo_create(surface)
    defer {
      cairo_destroy(cairo)
      cairo_surface_destroy(surface)
    }
    guard let cairo, cairo_status(cairo) == CAIRO_STATUS_SUCCESS else {
      throw ImagingError(.drawing, "Cairo has no memory for \(width)×\(band.count) pixels")
    }
    let pen = GridPen(cairo, theme)
    pen.fill(GridRectangle(x: 0, y: 0, width: width, height: band.count), theme.background)
    cairo_translate(cairo, 0, -Double(band.lowerBound))
    for (index, item) in items(in: band) {
      if case .some(nil) = loaded[index] { pen.hatching(item.area) }
      pen.draw(item)
    }
    guard cairo_status(cairo) == CAIRO_STATUS_SUCCESS else {
      let what = String(cString: cairo_status_to_string(cairo_status(cairo)))
      throw ImagingError(.drawing, "Cairo cannot draw the grid: \(what)")
    }
    cairo_surface_flush(surface)
    guard let data = cairo_image_surface_get_data(surface) else {
      throw ImagingError(.drawing, "Cairo gives no pixels")
    }
    let stride = Int(cairo_image_surface_get_stride(surface))
    rows.withUnsafeMutableBufferPointer { rows in
      for y in 0..<band.count {
        let line = UnsafeRawPointer(data + y * stride)
        for x in 0..<width {
          let pixel = line.load(fromByteOffset: x * 4, as: UInt32.self)
          let at = (y * width + x) * 3
          rows[at] = UInt8(truncatingIfNeeded: pixel >> 16)
          rows[at + 1] = UInt8(truncatingIfNeeded: pixel >> 8)
          rows[at + 2] = UInt8(truncatingIfNeeded: pixel)
        }
      }
    }
  }

  /// Reads the pictures of a band; those above it are dropped.
  private mutating func loadPictures(_ band: Range<Int>) throws {
    var needed: [Int: PixelBuffer?] = [:]
    for (index, item) in items(in: band) {
      guard case .picture(let image) = item.kind,
        band.overlaps(item.area.y..<item.area.y + item.area.height)
      else { continue }
      needed[index] = try loaded[index] ?? scaled(image, to: item.area)
    }
    loaded = needed
  }

  /// Pictures are copied, not drawn, so that their pixels stay what they are.
  private func drawPictures(_ band: Range<Int>, into rows: inout [UInt8]) {
    let stride = size.width * 3
    for (index, picture) in loaded {
      guard let picture else { continue }
      let area = placed[index].area
      for y in band.clamped(to: area.y..<area.y + area.height) {
        let source = (y - area.y) * area.width * 3
        let target = (y - band.lowerBound) * stride + area.x * 3
        rows.replaceSubrange(
          target..<target + area.width * 3, with: picture.bytes[source..<source + area.width * 3])
      }
    }
  }

  private func scaled(_ image: GridImage, to area: GridRectangle) throws -> PixelBuffer? {
    guard let picture = try image.load() else { return nil }
    guard picture.width == image.size.width, picture.height == image.size.height else {
      throw ImagingError(
        .damaged,
        "a picture has \(picture.width)×\(picture.height) pixels and not "
          + "\(image.size.width)×\(image.size.height)")
    }
    return area.width > picture.width
      ? picture.enlarged(by: area.width / picture.width)
      : picture.resized(width: area.width, height: area.height)
  }
}
