/// One item of an axis: a value or a range, not spelt out yet.
///
/// Ranges are counted without being made, so that a grid of a million cells is refused at once.
indirect enum AxisItem: Hashable, Sendable {
  /// One value.
  case value(SweepValue)
  /// `from + k·step` for k in 0 ..< count.
  case range(
    from: ExactDecimal, step: ExactDecimal, count: Int, isSteps: Bool, missed: ExactDecimal?)
  /// `count` values from one end to the other, both included.
  case spaced(from: ExactDecimal, to: ExactDecimal, count: Int, isSteps: Bool)
  /// Weights that act in a window alone.
  case within(AxisItem, from: SweepValue.Bound, to: SweepValue.Bound)

  /// How many values it has.
  var count: Int {
    switch self {
    case .value: 1
    case .range(_, _, let count, _, _), .spaced(_, _, let count, _): count
    case .within(let item, _, _): item.count
    }
  }

  /// Value number `k`.
  ///
  /// A spaced value is rounded half to even to 12 places: with six, a third of three steps would be
  /// step 0.
  func value(at k: Int) -> SweepValue {
    switch self {
    case .value(let value): return value
    case .within(let item, let from, let to):
      let value = item.value(at: k)
      return value.number.map { .weight($0, from: from, to: to) } ?? value
    case .range(let from, let step, _, let isSteps, _):
      let places = max(from.places, step.places)
      let value = from.scaled(to: places) + Int128(k) * step.scaled(to: places)
      return Self.value(ExactDecimal(value, places: places) ?? from, isSteps)
    case .spaced(let from, let to, let count, let isSteps):
      if k == 0 { return Self.value(from, isSteps) }
      if k == count - 1 { return Self.value(to, isSteps) }
      return Self.value(Self.between(from, to, k, count - 1) ?? from, isSteps)
    }
  }

  /// `from + (to − from)·k/n`, rounded half to even to 12 places.
  private static func between(
    _ from: ExactDecimal, _ to: ExactDecimal, _ k: Int, _ n: Int
  ) -> ExactDecimal? {
    let places = max(from.places, to.places, 12)
    let (a, b, n) = (from.scaled(to: places), to.scaled(to: places), Int128(n))
    let numerator = a * (n - Int128(k)) + b * Int128(k)
    // Places beyond 12 are dropped by dividing by their power of ten as well.
    let divisor = (12..<places).reduce(n) { divisor, _ in divisor * 10 }
    var (quotient, rest) = numerator.quotientAndRemainder(dividingBy: divisor)
    let twice = rest.magnitude * 2
    if twice > divisor.magnitude || (twice == divisor.magnitude && quotient % 2 != 0) {
      quotient += numerator < 0 ? -1 : 1
    }
    return ExactDecimal(quotient, places: 12)
  }

  /// Whether the arithmetic of `count` values between two ends stays within 128 bits.
  static func canSpace(_ from: ExactDecimal, _ to: ExactDecimal, _ count: Int) -> Bool {
    let places = max(from.places, to.places, 12)
    let widest = max(from.scaled(to: places).magnitude, to.scaled(to: places).magnitude)
    let (product, over) = widest.multipliedReportingOverflow(by: UInt128(count))
    return !over && product <= UInt128(Int128.max)
  }

  private static func value(_ number: ExactDecimal, _ isSteps: Bool) -> SweepValue {
    isSteps ? .steps(Int(clamping: number.mantissa)) : .number(number)
  }
}
