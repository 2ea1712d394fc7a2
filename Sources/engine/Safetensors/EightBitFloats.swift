extension StoredType {
  /// The numbers of all 256 bytes, exact; `nil` for types that are no floating point of eight bits.
  public var eightBitNumbers: [Float]? {
    guard let format = eightBitFormat else { return nil }
    return (0...255).map { format.number(UInt8($0)) }
  }

  private var eightBitFormat: EightBitFormat? {
    switch self {
    case .float8E4M3: EightBitFormat(fractionBits: 3, bias: 7) { $0 & 0x7f == 0x7f }
    case .float8E5M2:
      EightBitFormat(fractionBits: 2, bias: 15, hasInfinities: true) { $0 & 0x7f > 0x7c }
    case .float8E4M3FNUZ: EightBitFormat(fractionBits: 3, bias: 8) { $0 == 0x80 }
    case .float8E5M2FNUZ: EightBitFormat(fractionBits: 2, bias: 16) { $0 == 0x80 }
    default: nil
    }
  }
}

/// A sign, an exponent and a fraction in one byte (Micikevicius et al. 2022).
private struct EightBitFormat {
  let fractionBits: Int
  let bias: Int
  /// Whether the largest exponent with no fraction is an infinity.
  var hasInfinities = false
  let isNaN: (UInt8) -> Bool

  func number(_ byte: UInt8) -> Float {
    if isNaN(byte) { return .nan }
    let exponent = Int(byte & 0x7f) >> fractionBits
    let fraction = Int(byte) & (1 << fractionBits - 1)
    let sign: FloatingPointSign = byte & 0x80 == 0 ? .plus : .minus
    if hasInfinities, exponent == 0x7f >> fractionBits {
      return sign == .plus ? .infinity : -.infinity
    }
    // An exponent of 0 has no leading one, and the weight of 1.
    let whole = exponent == 0 ? fraction : fraction + 1 << fractionBits
    return Float(
      sign: sign, exponent: max(exponent, 1) - bias - fractionBits, significand: Float(whole))
  }
}
