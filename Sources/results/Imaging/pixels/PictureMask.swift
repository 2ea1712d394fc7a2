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

  /// The share of the picture that is inside, 0…1.
  public var area: Double { Double(flags.count { $0 }) / Double(flags.count) }

  /// What is outside.
  public var inverted: PictureMask {
    PictureMask(width: width, height: height, flags: flags.map { !$0 })
  }
}
