/// A part of a picture: one flag a pixel, row after row.
public struct PictureMask: Sendable, Hashable {
  /// Pixels from left to right.
  public let width: Int
  /// Pixels from top to bottom.
  public let height: Int
  /// `height · width` flags; true is inside.
  public let flags: [Bool]

  /// Wraps flags; their count must be `height · width`.
  public init(width: Int, height: Int, flags: [Bool]) {
    precondition(width > 0 && height > 0 && flags.count == width * height)
    (self.width, self.height, self.flags) = (width, height, flags)
  }

  /// Enlarges a coarse mask to a picture's size, each pixel taking the flag of the place it lies in.
  public init(rows: Int, columns: Int, flags: [Bool], width: Int, height: Int) {
    precondition(rows > 0 && columns > 0 && flags.count == rows * columns)
    let across = (0..<width).map { $0 * columns / width }
    let large = (0..<height).flatMap { y in
      let row = y * rows / height * columns
      return across.map { flags[row + $0] }
    }
    self.init(width: width, height: height, flags: large)
  }

  /// The share of the picture that is inside, 0…1.
  public var area: Double { Double(flags.count { $0 }) / Double(flags.count) }

  /// What is outside.
  public var inverted: PictureMask {
    PictureMask(width: width, height: height, flags: flags.map { !$0 })
  }
}
