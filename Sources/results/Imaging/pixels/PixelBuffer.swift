/// A picture of 8-bit RGB, row after row, without padding.
public struct PixelBuffer: Sendable, Hashable {
  /// Pixels from left to right.
  public let width: Int
  /// Pixels from top to bottom.
  public let height: Int
  /// `height · width · 3` bytes: red, green, blue.
  public var bytes: [UInt8]

  /// Wraps bytes; their count must be `height · width · 3` and both sides at least 1.
  public init(width: Int, height: Int, bytes: [UInt8]) {
    precondition(width > 0 && height > 0 && bytes.count == width * height * 3)
    (self.width, self.height, self.bytes) = (width, height, bytes)
  }

  /// Makes a picture of one colour.
  public init(width: Int, height: Int, red: UInt8, green: UInt8, blue: UInt8) {
    precondition(width > 0 && height > 0)
    let size = width * height * 3
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      for at in stride(from: 0, to: size, by: 3) {
        (buffer[at], buffer[at + 1], buffer[at + 2]) = (red, green, blue)
      }
      count = size
    }
    self.init(width: width, height: height, bytes: bytes)
  }

  /// Rounds planes of shape (3, height, width) in 0…1 to bytes by `floor(v · 255 + 0.5)`.
  ///
  /// Values outside are clamped; NaN becomes 0.
  public init(planes: UnsafeBufferPointer<Float>, width: Int, height: Int) {
    precondition(width > 0 && height > 0 && planes.count == 3 * width * height)
    let plane = width * height
    let bytes = [UInt8](unsafeUninitializedCapacity: 3 * plane) { buffer, count in
      for channel in 0..<3 {
        for at in 0..<plane {
          let value = planes[channel * plane + at]
          let clamped: Float = value > 0 ? min(value, 1) : 0
          buffer[at * 3 + channel] = UInt8(clamped * 255 + 0.5)
        }
      }
      count = 3 * plane
    }
    self.init(width: width, height: height, bytes: bytes)
  }

  /// Rounds planes of shape (3, height, width) in 0…1 to bytes by `floor(v · 255 + 0.5)`.
  ///
  /// Values outside are clamped; NaN becomes 0.
  public init(planes: [Float], width: Int, height: Int) {
    self = planes.withUnsafeBufferPointer { Self(planes: $0, width: width, height: height) }
  }

  /// The colour at a place, counted from the top left.
  public subscript(x: Int, y: Int) -> (red: UInt8, green: UInt8, blue: UInt8) {
    let at = (y * width + x) * 3
    return (bytes[at], bytes[at + 1], bytes[at + 2])
  }
}
