/// A decimal number, exact: a whole number of 10^−places.
///
/// Values of axes are never floating point until they are used: `0.1 + 0.2` is `0.3` here, and the
/// text of a value is one and the same in labels, file names, keys of cells and tables.
public struct ExactDecimal: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The largest magnitude of a mantissa, so that every seed fits.
  private static let limit = Int128(UInt64.max)

  /// The number times 10^places; without trailing zeros while places are left.
  let mantissa: Int128
  /// Digits behind the point, 0…18.
  let places: Int

  /// A whole number.
  public init(_ value: Int64) { (mantissa, places) = (Int128(value), 0) }

  /// Reads `[+|-] digits [. digits]` or `[+|-] . digits`: no exponent, no blank, at most 18 digits
  /// behind the point, and all digits together at most 2⁶⁴ − 1.
  public init?(_ text: some StringProtocol) {
    var digits = Array(text.utf8)[...]
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
    let point = digits.firstIndex(of: UInt8(ascii: "."))
    let fraction = point.map { digits[($0 + 1)...] } ?? []
    let whole = point.map { digits[..<$0] } ?? digits
    guard !(whole.isEmpty && fraction.isEmpty), point == nil || !fraction.isEmpty else {
      return nil
    }
    var value: Int128 = 0
    for digit in whole + fraction {
      guard (0x30...0x39).contains(digit) else { return nil }
      value = value * 10 + Int128(digit - 0x30)
      guard value <= Self.limit else { return nil }
    }
    guard fraction.count <= 18 else { return nil }
    self.init(isNegative ? -value : value, places: fraction.count)
  }

  /// A number of 10^−places; `nil` where it does not fit.
  init?(_ value: Int128, places: Int) {
    var (value, places) = (value, places)
    while places > 0, value % 10 == 0 { (value, places) = (value / 10, places - 1) }
    guard value.magnitude <= Self.limit.magnitude, places <= 18 else { return nil }
    (mantissa, self.places) = (value, places)
  }

  /// The number as a multiple of 10^−places, for places at least its own.
  func scaled(to places: Int) -> Int128 {
    (self.places..<max(places, self.places)).reduce(mantissa) { value, _ in value * 10 }
  }

  /// Whether it is a whole number.
  var isInteger: Bool { places == 0 }

  /// Digits without trailing zeros, with a 0 before the point and never an exponent: `0.3`, `-2`.
  public var description: String {
    var digits = String(mantissa.magnitude)
    if places > 0 {
      if digits.count <= places {
        digits = String(repeating: "0", count: places + 1 - digits.count) + digits
      }
      digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -places))
    }
    return mantissa < 0 ? "-" + digits : digits
  }

  /// The nearest floating-point number.
  public var double: Double { Double(description) ?? Double(mantissa) }

  /// Orders by value.
  public static func < (left: ExactDecimal, right: ExactDecimal) -> Bool {
    let places = max(left.places, right.places)
    return left.scaled(to: places) < right.scaled(to: places)
  }
}
