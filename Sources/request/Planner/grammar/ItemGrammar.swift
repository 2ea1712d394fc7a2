/// The grammar of one item of an axis: number, steps, window, weight in a window, range, count,
/// A1111's and Hydra's ranges, or `default`.
///
/// What it hints at is a legal value, or several with ", or " between them.
struct ItemGrammar {
  let kind: AxisKind

  func item(_ text: String) throws(GrammarFault) -> AxisItem {
    if text == "default" { return .value(.standard) }
    var scanner = ItemScanner(text)
    var item: AxisItem
    if scanner.take("[") {
      item = .value(try window(&scanner))
    } else if scanner.take("range(") {
      item = try hydra(&scanner)
    } else {
      item = try numbers(&scanner, text)
    }
    if kind.isWeight, scanner.take("@") { item = try within(item, &scanner) }
    scanner.skipBlanks()
    guard scanner.isAtEnd else {
      throw GrammarFault("cannot read \"\(scanner.rest)\" in \"\(text)\"")
    }
    return item
  }

  private func numbers(_ scanner: inout ItemScanner, _ text: String) throws(GrammarFault)
    -> AxisItem
  {
    let first = try quantity(&scanner)
    scanner.skipBlanks()
    if scanner.isAtEnd || (kind.isWeight && scanner.rest.hasPrefix("@")) {
      return .value(try single(first))
    }
    if scanner.take("..") {
      let last = try end(&scanner, first)
      if scanner.take("[") { return try count(&scanner, first, last) }
      if scanner.take(":") {
        return try range(first, last, step: try end(&scanner, first), in: text)
      }
      return try range(first, last, step: nil, in: text)
    }
    guard scanner.take("-") else {
      throw GrammarFault("cannot read \"\(scanner.rest)\" in \"\(text)\"")
    }
    let last = try end(&scanner, first)
    if scanner.take("[") { return try count(&scanner, first, last) }
    if scanner.take("(") {
      let step = try end(&scanner, first)
      guard step.isSigned else {
        try check(first)
        try check(last)
        let sign = last.number < first.number ? "-" : "+"
        let ends = "\(first.text)-\(last.text)"
        // Counts of steps have no sign.
        throw GrammarFault(
          "the step of \"\(text)\" needs a sign",
          hint: (step.isSteps ? "" : "\(ends) (\(sign)\(step.text)), or ")
            + "\(first.text)..\(last.text):\(step.text)")
      }
      guard scanner.take(")") else { throw GrammarFault("a ) is missing in \"\(text)\"") }
      return try range(first, last, step: step, in: text)
    }
    try check(first)
    try check(last)
    throw GrammarFault(
      "\"\(text)\" does not say how far apart its values are", hint: spacings(first, last))
  }

  /// How the values between two ends are written.
  private func spacings(_ first: ItemScanner.Quantity, _ last: ItemScanner.Quantity) -> String {
    let ends = "\(first.text)..\(last.text)"
    guard kind.isInteger || first.isSteps else { return "\(ends):0.25, or \(ends)[5]" }
    let gap = (last.number.mantissa - first.number.mantissa).magnitude
    let even = (2...5).reversed().first { gap % UInt128($0 - 1) == 0 && gap > 0 }
    let step = first.isSteps ? "1s" : "1"
    return "\(ends):\(step)" + (even.map { ", or \(ends)[\($0)]" } ?? "")
  }

  /// A number, in the words of the axis where there is none.
  private func quantity(
    _ scanner: inout ItemScanner, inWindow: Bool = false
  ) throws(GrammarFault) -> ItemScanner.Quantity {
    let quantity: ItemScanner.Quantity
    do { quantity = try scanner.quantity() } catch {
      throw fault(error, takesSteps: inWindow || (kind.countsSteps && !kind.isWeight))
    }
    if quantity.isSteps, !inWindow, !kind.countsSteps || kind.isWeight {
      throw GrammarFault(
        "\(quantity.text) counts steps, which windows and starts alone are made of",
        hint: isLegal(quantity.number) ? quantity.digits : nil)
    }
    return quantity
  }

  private func fault(_ fault: ItemScanner.Fault, takesSteps: Bool) -> GrammarFault {
    let example =
      takesSteps
      ? "\(bound("0.25")), or \(bound("12s"))"
      : kind.isFraction ? "0.25" : kind.isInteger ? "20" : "2.5"
    switch fault {
    case .notANumber(let text): return GrammarFault("is not a number: \(text)", hint: example)
    case .tooManyDigits(let digits):
      if let legal = kind.wholeNumbers { return Self.notWhole(digits, legal) }
      return GrammarFault("\(digits) has too many digits: at most 18 are read")
    case .exponent(let text, let plain):
      let legal = plain.flatMap(ExactDecimal.init).map(isLegal) ?? false
      return GrammarFault(
        "is not a number: \(text); numbers have no exponent here", hint: legal ? plain : example)
    case .notACount(let digits):
      return GrammarFault(
        "not a count of steps: \(digits)s", hint: takesSteps ? bound("12s") : nil)
    }
  }

  /// A window, or one end of it, as this axis has it: behind a weight where it is a weight's.
  private func bound(_ text: String) -> String { kind.isWeight ? "2@\(text)" : text }

  /// A second number, which must count steps where the first does.
  private func end(
    _ scanner: inout ItemScanner, _ first: ItemScanner.Quantity
  ) throws(GrammarFault) -> ItemScanner.Quantity {
    let second = try quantity(&scanner)
    guard second.isSteps == first.isSteps else {
      throw GrammarFault("a range is all in steps or not at all", hint: "10s..40s:10s")
    }
    return second
  }

  // MARK: values

  private func single(_ quantity: ItemScanner.Quantity) throws(GrammarFault) -> SweepValue {
    try check(quantity)
    return quantity.isSteps
      ? .steps(Int(clamping: quantity.number.mantissa)) : .number(quantity.number)
  }

  private func check(
    _ quantity: ItemScanner.Quantity, inWindow: Bool = false
  ) throws(GrammarFault) {
    let number = quantity.number
    if quantity.isSteps { return }
    if inWindow || kind.isFraction, !Self.fractions.contains(number) {
      let takesSteps = inWindow || kind.countsSteps
      let isCount = number.isInteger && number.mantissa > 0 && number.mantissa <= 1000
      throw GrammarFault(
        "is outside 0…1: \(number)",
        hint: !takesSteps
          ? nil : isCount ? bound("\(number)s") : "a count of steps is written \(bound("12s"))")
    }
    if let legal = kind.wholeNumbers, !isLegal(number) {
      throw Self.notWhole(number.description, legal)
    }
    if kind.isPositive, number < ExactDecimal(0) {
      throw GrammarFault("is below 0: \(number)")
    }
  }

  private static let fractions = ExactDecimal(0)...ExactDecimal(1)

  private func isLegal(_ number: ExactDecimal) -> Bool {
    if kind.isFraction { return Self.fractions.contains(number) }
    guard let legal = kind.wholeNumbers else { return true }
    return number.isInteger && legal.contains(number.mantissa)
  }

  private static func notWhole(_ number: String, _ legal: ClosedRange<Int128>) -> GrammarFault {
    GrammarFault(
      "is not a whole number from \(legal.lowerBound) to \(legal.upperBound): \(number)")
  }

  private func window(_ scanner: inout ItemScanner) throws(GrammarFault) -> SweepValue {
    guard kind.isWindow else {
      throw GrammarFault(
        "only tau and self_tau take windows", hint: kind.isWeight ? "2@[0.3,1]" : nil)
    }
    let (from, to) = try ends(&scanner)
    return .window(from: from, to: to)
  }

  /// The two ends of a window, behind its bracket.
  private func ends(
    _ scanner: inout ItemScanner
  ) throws(GrammarFault) -> (SweepValue.Bound, SweepValue.Bound) {
    let from = try bound(&scanner)
    guard scanner.take(",") else {
      throw GrammarFault("a window has two ends", hint: bound("[0.2,0.8]"))
    }
    let to = try bound(&scanner)
    guard scanner.take("]") else {
      throw GrammarFault("a ] is missing", hint: bound("[0.2,0.8]"))
    }
    return (from, to)
  }

  private func bound(_ scanner: inout ItemScanner) throws(GrammarFault) -> SweepValue.Bound {
    let quantity = try quantity(&scanner, inWindow: true)
    try check(quantity, inWindow: true)
    return quantity.isSteps
      ? .steps(Int(clamping: quantity.number.mantissa)) : .fraction(quantity.number)
  }

  /// Weights with the window in which they act; the whole run is what they have without one.
  private func within(
    _ item: AxisItem, _ scanner: inout ItemScanner
  ) throws(GrammarFault) -> AxisItem {
    let (from, to) =
      scanner.take("[") ? try ends(&scanner) : (SweepValue.Bound.start, try bound(&scanner))
    if from == .start, to == .end { return item }
    return .within(item, from: from, to: to)
  }

  // MARK: ranges

  private func range(
    _ first: ItemScanner.Quantity, _ last: ItemScanner.Quantity, step: ItemScanner.Quantity?,
    in text: String
  ) throws(GrammarFault) -> AxisItem {
    try check(first)
    try check(last)
    let (from, to) = (first.number, last.number)
    let descends = to < from
    var width = step?.number ?? ExactDecimal(1)
    if step == nil, !kind.isInteger, !first.isSteps {
      throw GrammarFault(
        "\"\(text)\" needs a step", hint: spacings(first, last))
    }
    guard width != ExactDecimal(0) else { throw GrammarFault("the step of \"\(text)\" is 0") }
    if kind.isInteger, !width.isInteger {
      throw GrammarFault("the step of \"\(text)\" is not a whole number")
    }
    if let step, step.isSigned, from != to, (width < ExactDecimal(0)) != descends {
      throw GrammarFault(
        "the step of \"\(text)\" leads away from its end",
        hint: "\(first.text)..\(last.text):\(step.text.drop { "+-".contains($0) })")
    }
    if descends != (width < ExactDecimal(0)) {
      width = ExactDecimal(-width.mantissa, places: width.places) ?? width
    }
    let places = max(from.places, to.places, width.places)
    let distance = to.scaled(to: places) - from.scaled(to: places)
    let (steps, rest) = distance.quotientAndRemainder(dividingBy: width.scaled(to: places))
    return .range(
      from: from, step: width, count: Int(clamping: steps).addingClamped(1),
      isSteps: first.isSteps, missed: rest == 0 ? nil : to)
  }

  private func count(
    _ scanner: inout ItemScanner, _ first: ItemScanner.Quantity, _ last: ItemScanner.Quantity
  ) throws(GrammarFault) -> AxisItem {
    let number: ItemScanner.Quantity
    do { number = try scanner.quantity() } catch {
      throw GrammarFault("a count of values is a whole number from 2", hint: spacings(first, last))
    }
    guard scanner.take("]") else {
      throw GrammarFault("a ] is missing", hint: spacings(first, last))
    }
    guard number.number.isInteger, !number.isSteps, number.number.mantissa >= 2 else {
      throw GrammarFault(
        "a count of values is a whole number from 2: \(number.text)", hint: spacings(first, last))
    }
    try check(first)
    try check(last)
    let gaps = number.number.mantissa - 1
    let distance = last.number.mantissa - first.number.mantissa
    if kind.isInteger || first.isSteps, distance % gaps != 0 {
      throw GrammarFault(
        "\(number.text) values do not divide \(first.text)…\(last.text) into whole numbers",
        hint: spacings(first, last))
    }
    let count = Int(clamping: number.number.mantissa)
    guard AxisItem.canSpace(first.number, last.number, count) else {
      throw GrammarFault("\(number.text) values of so many digits are too much")
    }
    return .spaced(from: first.number, to: last.number, count: count, isSteps: first.isSteps)
  }

  /// Hydra's `range(start, stop, step)`: the stop is not part of it, start 0 and step 1 by default.
  private func hydra(_ scanner: inout ItemScanner) throws(GrammarFault) -> AxisItem {
    var parts = [try quantity(&scanner)]
    while scanner.take(",") { parts.append(try quantity(&scanner)) }
    guard scanner.take(")"), parts.count <= 3, !parts.contains(where: \.isSteps) else {
      throw GrammarFault(
        "a range( ) has one to three numbers",
        hint: kind.isInteger ? "range(1,5,1)" : "range(0,1,0.25)")
    }
    let zero = ExactDecimal(0)
    let from = parts.count == 1 ? zero : parts[0].number
    let stop = parts.count == 1 ? parts[0].number : parts[1].number
    let step = parts.count == 3 ? parts[2].number : ExactDecimal(1)
    guard step != zero, from == stop || (stop < from) == (step < zero) else {
      throw GrammarFault("the range( ) is empty: its step must lead from start to stop")
    }
    let places = max(from.places, stop.places, step.places)
    let (distance, width) = (
      stop.scaled(to: places) - from.scaled(to: places), step.scaled(to: places)
    )
    let (whole, rest) = distance.quotientAndRemainder(dividingBy: width)
    let count = Int(clamping: whole).addingClamped(rest == 0 ? 0 : 1)
    guard count > 0 else { throw GrammarFault("the range( ) is empty") }
    let item = AxisItem.range(from: from, step: step, count: count, isSteps: false, missed: nil)
    for end in [item.value(at: 0), item.value(at: count - 1)] {
      guard let number = end.number else { continue }
      try check(.init(number: number, isSteps: false, isSigned: false, digits: number.description))
    }
    return item
  }
}

extension Int {
  /// The sum, or the largest number where it is larger.
  func addingClamped(_ other: Int) -> Int {
    let (sum, over) = addingReportingOverflow(other)
    return over ? .max : sum
  }
}
