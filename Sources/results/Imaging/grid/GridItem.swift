/// A rectangle of whole pixels.
struct GridRectangle: Hashable {
  var x, y, width, height: Int

  /// The rectangle grown by `margin` on all sides.
  func grown(by margin: Int) -> GridRectangle {
    GridRectangle(
      x: x - margin, y: y - margin, width: width + 2 * margin, height: height + 2 * margin)
  }

  /// A rectangle of another size around the same middle.
  func centered(_ size: PictureSize) -> GridRectangle {
    GridRectangle(
      x: x + (width - size.width) / 2, y: y + (height - size.height) / 2, width: size.width,
      height: size.height)
  }
}

/// One thing to draw, with the rectangle that it touches.
struct GridItem {
  enum Kind {
    case text(Typesetter.Block, GridTheme.Color)
    /// A ring of one colour inside the rectangle's edges.
    case frame(thickness: Int, GridTheme.Color)
    /// A dashed ring inside the rectangle's edges.
    case dashes(GridTheme.Color)
    case fill(GridTheme.Color)
    case hatching
    case picture(GridImage)
  }

  var kind: Kind
  var area: GridRectangle
}
