/// Numbers as colours, alone or over a picture.
public struct HeatPicture: Sendable {
  /// The colours.
  public var ramp: ColourRamp
  /// The numbers of the ramp's two ends.
  public var range: ClosedRange<Float>

  /// Takes colours and the numbers of their ends.
  public init(_ ramp: ColourRamp, range: ClosedRange<Float>) {
    (self.ramp, self.range) = (ramp, range)
  }

  /// A number's place on the ramp, 0…1.
  private func place(_ value: Float) -> Float {
    let width = range.upperBound - range.lowerBound
    return width > 0 ? min(max((value - range.lowerBound) / width, 0), 1) : 0
  }

  /// The colours alone; `values` has `height · width` numbers.
  public func alone(_ values: [Float], width: Int, height: Int) -> PixelBuffer {
    precondition(values.count == width * height)
    return PixelBuffer(
      width: width, height: height,
      bytes: values.flatMap { value in
        let color = ramp[place(value)]
        return [color.red, color.green, color.blue]
      })
  }

  /// The colours over a picture in grey at 60 %, the more opaque the larger the number, and
  /// wholly so from the middle of the ramp on.
  ///
  /// `values` has one number a pixel. How opaque goes with the distance from `zero`, a place on the
  /// ramp: 0 for amounts, 0.5 for differences.
  public func over(_ picture: PixelBuffer, _ values: [Float], zero: Float = 0) -> PixelBuffer {
    precondition(values.count == picture.width * picture.height)
    var bytes = picture.bytes
    for (index, value) in values.enumerated() {
      let at = index * 3
      let grey = Self.ground(bytes[at], bytes[at + 1], bytes[at + 2])
      let mixed = mixed(place(value), over: grey, zero: zero)
      (bytes[at], bytes[at + 1], bytes[at + 2]) = (mixed.red, mixed.green, mixed.blue)
    }
    return PixelBuffer(width: picture.width, height: picture.height, bytes: bytes)
  }

  /// The ramp from left to right, over a grey as `over` mixes it where `isOverlay`.
  public func bar(width: Int, height: Int, isOverlay: Bool, zero: Float = 0) -> PixelBuffer {
    let row = (0..<width).flatMap { x -> [UInt8] in
      let place = Float(x) / Float(max(1, width - 1))
      let color = isOverlay ? mixed(place, over: 0.6 * 190, zero: zero) : ramp[place]
      return [color.red, color.green, color.blue]
    }
    return PixelBuffer(
      width: width, height: height, bytes: (0..<height).flatMap { _ in row })
  }

  private func mixed(_ place: Float, over grey: Float, zero: Float) -> GridTheme.Color {
    let color = ramp[place]
    // From the middle on nothing shines through, so that the colours are those of the ramp.
    let alpha = min(1, 2 * abs(place - zero) / max(zero, 1 - zero))
    func mix(_ byte: UInt8) -> UInt32 {
      UInt32(grey + (Float(byte) - grey) * alpha + 0.5)
    }
    return GridTheme.Color(mix(color.red) << 16 | mix(color.green) << 8 | mix(color.blue))
  }

  /// Rec. 709 luma at 60 %.
  private static func ground(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Float {
    0.6 * (0.2126 * Float(red) + 0.7152 * Float(green) + 0.0722 * Float(blue))
  }
}
