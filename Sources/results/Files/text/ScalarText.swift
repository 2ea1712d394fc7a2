/// Text looked at scalar by scalar: a blank, a comma or a quote that a combining mark follows is one
/// `Character` with it, and still a blank, a comma or a quote.
extension StringProtocol {
  /// What stands between white space.
  public var blankSeparated: [String] {
    unicodeScalars.split(whereSeparator: \.properties.isWhitespace).map { part in
      String(String.UnicodeScalarView(part))
    }
  }

  /// The same text with one blank between words and none around them.
  public var withSingleBlanks: String { blankSeparated.joined(separator: " ") }

  /// The same text without white space around it.
  public var withoutOuterBlanks: String {
    let start = unicodeScalars.drop(while: \.properties.isWhitespace)
    let end = start.reversed().drop(while: \.properties.isWhitespace).count
    return String(String.UnicodeScalarView(start.prefix(end)))
  }

  /// The same text without any white space.
  public var withoutBlanks: String { blankSeparated.joined() }

  /// The same text with one text in the place of another.
  public func replacingScalars(_ text: String, with other: String) -> String {
    String(String(self).unicodeScalars.replacing(text.unicodeScalars, with: other.unicodeScalars))
  }
}
