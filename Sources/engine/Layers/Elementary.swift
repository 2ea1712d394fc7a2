/// Elementary functions by plain double arithmetic alone.
///
/// The C library picks its versions by the CPU, and their last bits differ; these have one form. They
/// are good to about 1e-13 for the small arguments that a timestep makes. The noise of a seed has its
/// own (`math.c` of CKernels), which are a few bits better: to take those here as well would change
/// bits, so it needs a new revision of the numerics.
public enum Elementary {
  /// The natural logarithm of 10 000.
  public static let ln10000 = 9.210340371976184

  /// `eˣ`, for |x| below about 100.
  public static func exp(_ x: Double) -> Double {
    // e^x = (e^(x/1024))^1024; the series of the small one converges in a few terms.
    let small = x / 1024
    var (term, sum) = (1.0, 1.0)
    for k in 1...10 {
      term = term * small / Double(k)
      sum = sum + term
    }
    for _ in 0..<10 { sum = sum * sum }
    return sum
  }

  /// The natural logarithm, for normal x above 0.
  public static func log(_ x: Double) -> Double {
    // x = m·2^e with m near 1; ln m = 2·artanh((m − 1) / (m + 1)), whose series is short.
    var (m, e) = (x.significand, Double(x.exponent))
    if m > 1.4142135623730951 { (m, e) = (m / 2, e + 1) }
    let z = (m - 1) / (m + 1)
    var (power, sum) = (z, z)
    for k in 1...12 {
      power = power * z * z
      sum = sum + power / Double(2 * k + 1)
    }
    // ln 2 in two parts: products of the first with small integers are exact.
    let (high, low) = (0.693147180369123816490, 1.90821492927058770002e-10)
    return e * high + (2 * sum + e * low)
  }

  /// The sine of an angle below about a million.
  public static func sin(_ x: Double) -> Double { quarterTurns(x, ahead: 0) }

  /// The cosine of an angle below about a million.
  public static func cos(_ x: Double) -> Double { quarterTurns(x, ahead: 1) }

  /// The sine `ahead` quarter turns further on.
  private static func quarterTurns(_ x: Double, ahead: Int) -> Double {
    // π/2 in two parts: the first has few enough bits that its products with small integers are exact.
    let (high, low) = (1.570796326734125614166259765625, 6.077100506506192601475e-11)
    let turns = (x / (high + low)).rounded()
    let rest = (x - turns * high) - turns * low
    switch (Int(turns) + ahead) & 3 {
    case 0: return series(rest, odd: true)
    case 1: return series(rest, odd: false)
    case 2: return -series(rest, odd: true)
    default: return -series(rest, odd: false)
    }
  }

  /// Taylor's series of sine (`odd`) or cosine, for |x| ≤ π/4.
  private static func series(_ x: Double, odd: Bool) -> Double {
    var term = odd ? x : 1.0
    var sum = term
    for k in 1...10 {
      let n = Double(odd ? 2 * k : 2 * k - 1)
      term = -term * x * x / (n * (n + 1))
      sum = sum + term
    }
    return sum
  }
}
