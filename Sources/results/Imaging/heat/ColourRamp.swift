/// Colours for numbers from 0 to 1.
public struct ColourRamp: Sendable, Hashable {
  /// The colours, from 0 to 1; neighbours look equally far apart.
  public let steps: [OKLab]
  /// The same in 8-bit sRGB.
  public let colors: [GridTheme.Color]

  private init(_ steps: [OKLab]) { (self.steps, colors) = (steps, steps.map(\.color)) }

  /// Dark violet over red and orange to light yellow, 256 colours.
  ///
  /// Lightness rises evenly from 0.15 to 0.97, so that the ramp reads in grey and for colour-blind
  /// people as well. Chroma is 0.7 of what sRGB has, and at most 0.15: more would bend it so much
  /// that some steps look larger than others.
  public static let heat = ColourRamp(
    (0...255).map { index in
      let place = Double(index) / 255
      let (lightness, hue) = (0.15 + 0.82 * place, 300 + 150 * place)
      let chroma = OKLab.largestChroma(lightness: lightness, hue: hue)
      return OKLab(lightness: lightness, chroma: min(0.7 * chroma, 0.15), hue: hue)
    })

  /// Blue over white to red, 257 colours: white is 0.5.
  public static let difference = ColourRamp(
    (0...256).map { index in
      let place = Double(index) / 128 - 1
      let far = abs(place)
      return OKLab(
        lightness: 0.97 - 0.47 * far, chroma: 0.16 * far, hue: place < 0 ? 256 : 27)
    })

  /// The colour of a number; what is outside 0…1 has the colour of the end.
  public subscript(value: Float) -> GridTheme.Color {
    let clamped = value > 0 ? min(value, 1) : 0
    return colors[Int(clamped * Float(colors.count - 1) + 0.5)]
  }
}
