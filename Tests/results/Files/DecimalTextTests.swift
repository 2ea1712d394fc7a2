import Files
import Testing

@Suite struct DecimalTextTests {
  @Test func numbersAreTold() {
    for number in ["0", "-2", "+5", "0.5", ".5", "5.", "1e5", "-1.25E-07", "18446744073709551615"] {
      #expect(number.isDecimalNumber, "\(number)")
    }
    for text in [
      "", "-", "+", ".", "e5", "1e", "1e+", "0x10", "inf", "-nan", "1 ", " 1", "1,5", "-1+1", "１",
      "1\u{301}", "12s",
    ] {
      #expect(!text.isDecimalNumber, "\(text)")
    }
  }
}
