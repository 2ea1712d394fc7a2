import Files

extension Infotext {
  /// Fewest pairs with which readers take the last line for settings and not for prompt.
  public static let fewestPairs = 3

  /// The text as other programs read it.
  ///
  /// Pairs with an empty value are left out. The grammar has no escape in prompts: outer blanks of
  /// a line are lost, and a line that begins with `Negative prompt:` gets a blank before its
  /// colon, which is the same to the text encoder. A key that the grammar cannot hold, or fewer
  /// than three pairs with a value, throws `ImagingError`.
  public func text() throws -> String {
    let written = pairs.filter { !$0.value.isEmpty }
    guard written.count >= Self.fewestPairs else {
      throw ImagingError(
        .illegalText, "an infotext has at least \(Self.fewestPairs) settings, not \(written.count)")
    }
    for pair in written where !InfotextScanner.isKey(pair.key) {
      throw ImagingError(.illegalText, "\"\(pair.key)\" is not a key that an infotext can have")
    }
    var lines: [String] = []
    let prompt = Self.harmless(self.prompt)
    if !prompt.isEmpty { lines.append(prompt) }
    let negative = Self.harmless(self.negative)
    if !negative.isEmpty { lines.append("\(Self.negativeMark) \(negative)") }
    lines.append(written.map { "\($0.key): \(Self.quoted($0.value))" }.joined(separator: ", "))
    return lines.joined(separator: "\n")
  }

  /// This infotext as a PNG's text; throws what `text()` throws.
  public func pngText() throws -> PNGText { PNGText(keyword: Self.keyword, text: try text()) }

  static let negativeMark = "Negative prompt:"

  private static func harmless(_ prompt: String) -> String {
    let lines = InfotextScanner.lines(of: prompt).map { line in
      negativePart(of: line).map { "Negative prompt :\($0)" } ?? line
    }
    return InfotextScanner.trimmed(lines.joined(separator: "\n"))
  }

  /// What follows the mark of the negative prompt, or `nil` where the line does not begin with it.
  static func negativePart(of line: String) -> String? {
    let (scalars, mark) = (line.unicodeScalars, negativeMark.unicodeScalars)
    return scalars.starts(with: mark) ? String(scalars.dropFirst(mark.count)) : nil
  }

  /// The value, as a JSON string where the grammar would cut or strip it.
  ///
  /// The web UI quotes only for a comma, a colon or a line break; then a value with outer quotes
  /// does not come back. The other cases here keep every value.
  private static func quoted(_ value: String) -> String {
    let plain = value.unicodeScalars.allSatisfy {
      !",:\"\\\u{85}\u{2028}\u{2029}".unicodeScalars.contains($0) && $0.value >= 0x20
    }
    return plain && InfotextScanner.trimmed(value) == value ? value : value.jsonQuoted(.all)
  }
}
