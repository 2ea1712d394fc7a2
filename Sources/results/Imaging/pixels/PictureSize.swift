/// Width and height in pixels.
public struct PictureSize: Sendable, Hashable {
  /// Pixels from left to right.
  public var width: Int
  /// Pixels from top to bottom.
  public var height: Int

  /// Makes a size.
  public init(width: Int, height: Int) { (self.width, self.height) = (width, height) }

  /// The larger side.
  public var longSide: Int { max(width, height) }

  /// The size scaled down so that the long side is at most `side`, rounded, at least 1 × 1.
  public func fitted(longSide side: Int) -> PictureSize {
    if longSide <= side { return self }
    func scaled(_ length: Int) -> Int { max(1, (2 * length * side + longSide) / (2 * longSide)) }
    return PictureSize(width: scaled(width), height: scaled(height))
  }
}
