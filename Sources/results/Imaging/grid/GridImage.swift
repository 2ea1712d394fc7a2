/// A picture in a grid: its size now, its pixels when they are drawn.
///
/// A grid of thousands of cells holds the pixels of one row of cells at a time.
public struct GridImage: Sendable {
  /// The size of what `load` gives.
  public var size: PictureSize
  /// Reads the pixels; called once for each time the picture is drawn. `nil` is drawn as hatching.
  public var load: @Sendable () throws -> PixelBuffer?

  /// Makes a picture that is read when it is drawn.
  public init(size: PictureSize, load: @escaping @Sendable () throws -> PixelBuffer?) {
    (self.size, self.load) = (size, load)
  }

  /// Makes a picture from pixels at hand.
  public init(_ pixels: PixelBuffer) {
    self.init(size: PictureSize(width: pixels.width, height: pixels.height)) { pixels }
  }
}
