/// How a grid is drawn.
public struct GridOptions: Sendable {
  /// The colours.
  public var theme: GridTheme
  /// Longest side of a picture; larger ones are scaled down by a box filter. `nil` draws every
  /// picture at its own size.
  public var longSide: Int?
  /// Pictures with a shorter long side are enlarged by the least whole factor that reaches it.
  public var leastLongSide: Int
  /// Longest side of one file; a larger grid becomes several.
  public var largestSide: Int
  /// Most pixels of one file; a larger grid becomes several.
  public var largestArea: Int

  /// Makes options.
  public init(
    theme: GridTheme = .light, longSide: Int? = 256, leastLongSide: Int = 128,
    largestSide: Int = PNGFile.largestSide, largestArea: Int = PNGFile.largestArea
  ) {
    (self.theme, self.longSide, self.leastLongSide) = (theme, longSide, leastLongSide)
    (self.largestSide, self.largestArea) = (largestSide, largestArea)
  }

  /// A picture that no tile could hold beside its references is scaled down even at full size.
  static let largestPicture = 4096

  /// The size at which a picture is drawn.
  func drawn(_ size: PictureSize) -> PictureSize {
    let limit = min(longSide ?? Self.largestPicture, Self.largestPicture, largestSide / 4)
    let factor = max(1, min(Self.factor(for: size, least: leastLongSide), limit / size.longSide))
    if factor > 1 {
      return PictureSize(width: size.width * factor, height: size.height * factor)
    }
    return size.fitted(longSide: max(1, limit))
  }

  private static func factor(for size: PictureSize, least: Int) -> Int {
    (least + size.longSide - 1) / size.longSide
  }
}
