import Foundation

extension PixelBuffer {
  /// Peak signal-to-noise ratio against another picture of the same size, in decibels:
  /// `10 · log10(255² / mean squared difference)` over all channels, infinite for equal pictures.
  ///
  /// - Parameter mask: the pixels that count; all by default. `nil` is returned where none does.
  public func psnr(against other: PixelBuffer, inside mask: PictureMask? = nil) -> Double? {
    precondition(width == other.width && height == other.height, "pictures of two sizes")
    precondition(mask.map { $0.width == width && $0.height == height } ?? true, "another's mask")
    var (sum, count): (UInt64, UInt64) = (0, 0)
    for pixel in 0..<(width * height) where mask?.flags[pixel] ?? true {
      for at in (3 * pixel)..<(3 * pixel + 3) {
        let difference = Int64(bytes[at]) - Int64(other.bytes[at])
        sum += UInt64(difference * difference)
      }
      count += 3
    }
    guard count > 0 else { return nil }
    guard sum > 0 else { return .infinity }
    return 10 * log10(255 * 255 * Double(count) / Double(sum))
  }
}
