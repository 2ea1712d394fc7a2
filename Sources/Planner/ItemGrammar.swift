/// The grammar of one item of an axis: number, steps, window, range, count, A1111's and Hydra's
/// ranges, or `default`.
struct ItemGrammar {
  let kind: AxisKind

  func item(_ text: String) throws(GrammarFault) -> AxisItem {
    if text == "default" { return .value(.standard) }
    var scanner = ItemScanner(text)
    let item: AxisItem
    if scanner.take("[") {
      item = .value(try window(&scanner))
    } else if scanner.take("range(") {
      item = try hydra(&scanner)
    } else {
      item = try numbers(&scanner, text)
    }
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
    if scanner.isAtEnd { return .value(try single(first)) }
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
        throw GrammarFault(
          "the step of \"\(text)\" needs a sign",
          hint:
            "\(first.text)-\(last.text) (+\(step.text)), or \(first.text)..\(last.text):\(step.text)"
        )
      }
      guard scanner.take(")") else { throw GrammarFault("a ) is missing in \"\(text)\"") }
      return try range(first, last, step: step, in: text)
    }
    throw GrammarFault(
      "\"\(text)\" does not say how far apart its values are",
      hint: "\(first.text)..\(last.text):\(kind.isInteger ? "1" : "0.25"), "
        + "or \(first.text)-\(last.text) [5] for five values")
  }

  private func quantity(_ scanner: inout ItemScanner) throws(GrammarFault) -> ItemScanner.Quantity {
    let quantity = try scanner.quantity()
    if quantity.isSteps, !kind.isWindow {
      throw GrammarFault("\(quantity.text)s counts steps, which only tau and self_tau take")
    }
    return quantity
  }

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
    return quantity.isSteps ? .steps(Int(quantity.number.mantissa)) : .number(quantity.number)
  }

  private func check(_ quantity: ItemScanner.Quantity) throws(GrammarFault) {
    let number = quantity.number
    if quantity.isSteps { return }
    if kind.isWindow, number < ExactDecimal(0) || ExactDecimal(1) < number {
      throw GrammarFault("is outside 0…1: \(number)", hint: "a count of steps is written 12s")
    }
    if let legal = kind.wholeNumbers, !number.isInteger || !legal.contains(number.mantissa) {
      throw GrammarFault(
        "is not a whole number from \(legal.lowerBound) to \(legal.upperBound): \(number)")
    }
    if kind == .cfg, number < ExactDecimal(0) {
      throw GrammarFault("is below 0: \(number)")
    }
  }

  private func window(_ scanner: inout ItemScanner) throws(GrammarFault) -> SweepValue {
    guard kind.isWindow else { throw GrammarFault("only tau and self_tau take windows") }
    let from = try bound(&scanner)
    guard scanner.take(",") else {
      throw GrammarFault("a window has two ends", hint: "[0.2,0.8]")
    }
    let to = try bound(&scanner)
    guard scanner.take("]") else { throw GrammarFault("a ] is missing", hint: "[0.2,0.8]") }
    return .window(from: from, to: to)
  }

  private func bound(_ scanner: inout ItemScanner) throws(GrammarFault) -> SweepValue.Bound {
    let quantity = try quantity(&scanner)
    try check(quantity)
    return quantity.isSteps ? .steps(Int(quantity.number.mantissa)) : .fraction(quantity.number)
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
        "\"\(text)\" needs a step", hint: "\(text):0.25, or \(text)[5] for five values")
    }
    guard width != ExactDecimal(0) else { throw GrammarFault("the step of \"\(text)\" is 0") }
    if kind.isInteger, !width.isInteger {
      throw GrammarFault("the step of \"\(text)\" is not a whole number")
    }
    if let step, step.isSigned, from != to, (width < ExactDecimal(0)) != descends {
      throw GrammarFault(
        "the step of \"\(text)\" leads away from its end",
        hint: "leave its sign out; a descending range takes it by itself")
    }
    if descends != (width < ExactDecimal(0)) {
      width = ExactDecimal(-Int128(width.mantissa), places: width.places) ?? width
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
    let number = try scanner.quantity()
    guard scanner.take("]") else { throw GrammarFault("a ] is missing") }
    guard number.number.isInteger, !number.isSteps, number.number.mantissa >= 2 else {
      throw GrammarFault("a count of values is a whole number from 2: \(number.text)")
    }
    try check(first)
    try check(last)
    let gaps = Int128(number.number.mantissa) - 1
    let distance = Int128(last.number.mantissa) - Int128(first.number.mantissa)
    if kind.isInteger || first.isSteps, distance % gaps != 0 {
      throw GrammarFault(
        "\(number.text) values do not divide \(first.text)…\(last.text) into whole numbers")
    }
    let count = Int(number.number.mantissa)
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
      throw GrammarFault("a range( ) has one to three numbers", hint: "range(0,1,0.25)")
    }
    let zero = ExactDecimal(0)
    let from = parts.count == 1 ? zero : parts[0].number
    let stop = parts.count == 1 ? parts[0].number : parts[1].number
    let step = parts.count == 3 ? parts[2].number : ExactDecimal(1)
    guard step != zero, from == stop || (stop < from) == (step < zero) else {
      throw GrammarFault("the range( ) is empty", hint: "its step must lead from start to stop")
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
      try check(.init(number: number, isSteps: false, isSigned: false, text: number.description))
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
