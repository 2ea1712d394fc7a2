/// The colours of a grid.
public struct GridTheme: Sendable, Hashable {
  /// A colour of 8-bit RGB.
  public struct Color: Sendable, Hashable {
    /// Red, green and blue, 0…255.
    public var red, green, blue: UInt8

    /// Makes a colour from `0xrrggbb`.
    public init(_ hex: UInt32) {
      (red, green, blue) = (
        UInt8(hex >> 16 & 0xff), UInt8(hex >> 8 & 0xff), UInt8(hex & 0xff)
      )
    }
  }

  /// The ground.
  public var background: Color
  /// Labels, the title and the prompts.
  public var text: Color
  /// The line of settings and captions.
  public var faintText: Color
  /// The frame of a source.
  public var sourceFrame: Color
  /// The dashed frame of a plain re-prompt.
  public var rePromptFrame: Color
  /// The hairline around a picture.
  public var outline: Color
  /// The ground and the lines of a missing cell.
  public var missing, hatching: Color

  /// Dark on white.
  public static let light = GridTheme(
    background: Color(0xffffff), text: Color(0x1b1b1b), faintText: Color(0x626262),
    sourceFrame: Color(0x8a8a8a), rePromptFrame: Color(0x4a4a4a), outline: Color(0xd9d9d9),
    missing: Color(0xf4f4f4), hatching: Color(0xd2d2d2))

  /// Light on near-black.
  public static let dark = GridTheme(
    background: Color(0x111111), text: Color(0xececec), faintText: Color(0xa3a3a3),
    sourceFrame: Color(0x8a8a8a), rePromptFrame: Color(0xc4c4c4), outline: Color(0x333333),
    missing: Color(0x1b1b1b), hatching: Color(0x3a3a3a))

  /// Makes a theme.
  public init(
    background: Color, text: Color, faintText: Color, sourceFrame: Color, rePromptFrame: Color,
    outline: Color, missing: Color, hatching: Color
  ) {
    (self.background, self.text, self.faintText) = (background, text, faintText)
    (self.sourceFrame, self.rePromptFrame, self.outline) = (sourceFrame, rePromptFrame, outline)
    (self.missing, self.hatching) = (missing, hatching)
  }
}
