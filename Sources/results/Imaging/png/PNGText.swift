/// One text of a PNG file, as its tEXt, zTXt or iTXt chunk holds it.
public struct PNGText: Sendable, Hashable {
  /// The keyword, 1 to 79 bytes of Latin-1, such as `parameters`.
  public var keyword: String
  /// The text.
  public var text: String

  /// Makes a text.
  public init(keyword: String, text: String) { (self.keyword, self.text) = (keyword, text) }

  /// Refuses what PNG cannot hold (PNG specification §11.3.4).
  func validate() throws {
    let scalars = keyword.unicodeScalars
    let printable = scalars.allSatisfy { (0x20...0x7e).contains($0.value) }
    guard printable, (1...79).contains(scalars.count), !keyword.hasPrefix(" "),
      !keyword.hasSuffix(" "), !keyword.contains("  ")
    else {
      throw ImagingError(.illegalText, "\"\(keyword)\" is not a keyword that a PNG can have")
    }
    if text.utf8.contains(0) {
      throw ImagingError(.illegalText, "the text \"\(keyword)\" has a NUL, which a PNG cannot hold")
    }
  }
}
