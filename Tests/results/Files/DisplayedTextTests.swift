import Files
import Testing

@Suite struct DisplayedTextTests {
  @Test func whatActsOnTerminalsIsEscaped() {
    #expect("\u{1B}]0;title\u{7}".displayed == "\\u{1b}]0;title\\u{7}")
    #expect("a\u{9B}31mb\u{7F}".displayed == "a\\u{9b}31mb\\u{7f}")
    #expect("x\u{202E}gnp\u{2066}y".displayed == "x\\u{202e}gnp\\u{2066}y")
    #expect("a\r\nb\tc".displayed == "a\\r\\nb\\tc")
    #expect("a\r\nb\u{2028}".displayedLines == "a\\r\nb\\u{2028}")
  }

  @Test func everythingElseStays() {
    let texts = ["", "a cat", "“é” 🏽‍🚀 日本語 עברית", "e\u{301}\u{200D}", "C:\\new"]
    for text in texts {
      #expect(text.displayed == text && text.displayed.displayed == text)
      #expect(
        "\u{301}\(text)".displayed.unicodeScalars.elementsEqual("\u{301}\(text)".unicodeScalars))
    }
  }

  /// A combining mark behind it hides no control character, and the mark stays.
  @Test func itLooksAtScalars() {
    #expect(
      "\u{1B}\u{301}[2J".displayed.unicodeScalars.elementsEqual("\\u{1b}\u{301}[2J".unicodeScalars))
    #expect(
      (0...0x2FFF).compactMap(Unicode.Scalar.init).allSatisfy { scalar in
        !String(scalar).displayed.unicodeScalars.contains(where: \.actsOnTerminals)
      })
  }
}
