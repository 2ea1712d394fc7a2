import Foundation

/// A colour in OKLab, where equal distances look about equally far apart.
///
/// Björn Ottosson, "A perceptual color space for image processing", 2020.
public struct OKLab: Sendable, Hashable {
  /// Lightness, 0…1.
  public var lightness: Double
  /// Green to red, and blue to yellow.
  public var a, b: Double

  /// Takes lightness and the two axes.
  public init(lightness: Double, a: Double, b: Double) {
    (self.lightness, self.a, self.b) = (lightness, a, b)
  }

  /// Takes lightness, chroma and hue in degrees.
  public init(lightness: Double, chroma: Double, hue: Double) {
    let angle = hue * .pi / 180
    self.init(lightness: lightness, a: chroma * cos(angle), b: chroma * sin(angle))
  }

  /// The colour of 8-bit sRGB.
  public init(_ color: GridTheme.Color) {
    let (red, green, blue) = (
      Self.linear(color.red), Self.linear(color.green), Self.linear(color.blue)
    )
    let l = cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    let m = cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    let s = cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    self.init(
      lightness: 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
      a: 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
      b: 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s)
  }

  /// How far apart two colours look.
  public func distance(to other: OKLab) -> Double {
    let (l, a, b) = (lightness - other.lightness, a - other.a, b - other.b)
    return (l * l + a * a + b * b).squareRoot()
  }

  /// Red, green and blue as amounts of light; outside 0…1 where sRGB does not have the colour.
  var light: [Double] {
    func cube(_ value: Double) -> Double { value * value * value }
    let l = cube(lightness + 0.3963377774 * a + 0.2158037573 * b)
    let m = cube(lightness - 0.1055613458 * a - 0.0638541728 * b)
    let s = cube(lightness - 0.0894841775 * a - 1.2914855480 * b)
    return [
      4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
      -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
      -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
    ]
  }

  /// Whether sRGB has the colour.
  public var isInGamut: Bool { light.allSatisfy { (-1e-9...1 + 1e-9).contains($0) } }

  /// The largest chroma that sRGB has at a lightness and a hue.
  static func largestChroma(lightness: Double, hue: Double) -> Double {
    var (low, high) = (0.0, 0.4)
    for _ in 0..<30 {
      let middle = (low + high) / 2
      if OKLab(lightness: lightness, chroma: middle, hue: hue).isInGamut {
        low = middle
      } else {
        high = middle
      }
    }
    return low
  }

  /// The nearest colour of 8-bit sRGB.
  public var color: GridTheme.Color {
    let bytes = light.map { light in
      let clamped = min(max(light, 0), 1)
      let value = clamped <= 0.0031308 ? 12.92 * clamped : 1.055 * pow(clamped, 1 / 2.4) - 0.055
      return UInt32((value * 255).rounded())
    }
    return GridTheme.Color(bytes[0] << 16 | bytes[1] << 8 | bytes[2])
  }

  private static func linear(_ byte: UInt8) -> Double {
    let value = Double(byte) / 255
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
  }
}
