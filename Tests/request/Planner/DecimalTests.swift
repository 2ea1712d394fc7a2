import Planner
import Testing
import TestInstruments

@Suite struct DecimalTests {
  @Test(arguments: [
    ("0.3", "0.3"), ("-0", "0"), ("+.5", "0.5"), ("007.500", "7.5"), ("-1.50", "-1.5"),
    ("0.05", "0.05"),
    ("9223372036854775807", "9223372036854775807"),
    ("-18446744073709551615", "-18446744073709551615"),
    ("0.000000000000000001", "0.000000000000000001"),
  ])
  func canonicalTexts(_ text: String, _ canonical: String) {
    #expect(ExactDecimal(text)?.description == canonical)
  }

  @Test(arguments: [
    "", "-", ".", "1.", "1e-3", "nan", "inf", "0x10", "1_000", " 1", "1 ", "--1", "1.2.3", "١",
    "18446744073709551616", "0.0000000000000000001", "1,5",
  ])
  func notNumbers(_ text: String) { #expect(ExactDecimal(text) == nil) }

  /// Text, number and text again are one; the double is the nearest one.
  @Test(arguments: SeededRandom.seeds(11..<12))
  func randomNumbersRoundTrip(seed: UInt64) throws {
    var generator = SeededRandom(seed: seed)
    for _ in 0..<2000 {
      let places = Int.random(in: 0...12, using: &generator)
      let digits = Int64.random(in: -1_000_000_000...1_000_000_000, using: &generator)
      var text = String(digits.magnitude)
      while text.count <= places { text = "0" + text }
      if places > 0 { text.insert(".", at: text.index(text.endIndex, offsetBy: -places)) }
      if digits < 0 { text = "-" + text }
      let number = try #require(ExactDecimal(text))
      #expect(ExactDecimal(number.description) == number)
      #expect(number.double == Double(text))
    }
  }
}
