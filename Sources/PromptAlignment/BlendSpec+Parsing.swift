public import EditJobs

extension BlendSpec {
  /// Reads what was typed: `cat -> dog`, with `substract` in the same form; `nil` for `none`.
  ///
  /// - Parameters:
  ///   - text: the words; see `Words.init(parsing:)`.
  ///   - substract: words whose place is taken out of the mask.
  ///   - threshold: `0.3` for both kinds of words, or `0.3, 0.5` where the second is the substract
  ///     words'; each 0…1.
  ///   - start: a fraction of the run, 0…1, or a count of steps, `12s`.
  /// - Throws: `bad-blend`.
  public init?(
    parsing text: String, substract: String? = nil, threshold: String? = nil, start: String? = nil
  ) throws(EditError) {
    // All of it is checked, so that a slip is not hidden by `none`.
    let words = try Words(parsing: text)
    let removed = try substract.flatMap { text throws(EditError) in try Words(parsing: text) }
    let thresholds = try threshold.map(Self.thresholds)
    let first = try start.map(Self.start)
    guard let words else { return nil }
    self.init(
      words: words, substract: removed ?? Words(),
      threshold: thresholds?.0 ?? Self.defaultThreshold,
      substractThreshold: thresholds?.1 ?? Self.defaultThreshold,
      start: first ?? Self.defaultStart)
  }

  private static func thresholds(_ text: String) throws(EditError) -> (Double, Double) {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { fraction($0) }
    let legal = numbers.compactMap(\.self)
    guard (1...2).contains(numbers.count), legal.count == numbers.count else {
      throw EditError(
        "bad-blend", .data, "the blend's threshold cannot be \"\(text)\"",
        details: ["legal: a number from 0 to 1, or two: the words' and the substract words'"],
        hint: "0.3")
    }
    return (legal[0], legal[legal.count - 1])
  }

  private static func start(_ text: String) throws(EditError) -> Window.Bound {
    let plain = text.withoutBlanks
    if plain.last == "s", plain.dropLast().utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let count = Int(plain.dropLast())
    {
      return .steps(count)
    }
    if let fraction = fraction(plain[...]) { return .fraction(fraction) }
    throw EditError(
      "bad-blend", .data, "the blend's start cannot be \"\(text)\"",
      details: ["legal: a number from 0 to 1, or a count of steps, as 12s"], hint: "0.2")
  }

  /// A plain decimal from 0 to 1.
  private static func fraction(_ text: Substring) -> Double? {
    let plain = text.withoutBlanks
    guard plain.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
      let number = Double(plain), (0...1).contains(number)
    else { return nil }
    return number
  }
}

extension BlendSpec.Words {
  /// Reads `cat -> dog` or, with several words, `cat, hat -> dog`; `nil` for `none`.
  ///
  /// `cat` alone stands for `cat -> cat`. One side may be empty (`-> crown`): only the other prompt's
  /// words then make the mask. Inside double quotes commas and arrows are text.
  ///
  /// - Throws: `bad-blend`.
  public init?(parsing text: String) throws(EditError) {
    if text.withoutBlanks.lowercased() == "none" { return nil }
    let sides = try Self.sides(text)
    guard let first = sides.first, sides.count <= 2 else {
      throw Self.bad(text, "there is more than one arrow")
    }
    self.init(source: first, edit: sides[sides.count - 1])
    if isEmpty { throw Self.bad(text, "it names no word") }
  }

  /// The words of each side of the arrows.
  private static func sides(_ text: String) throws(EditError) -> [[String]] {
    var sides: [[String]] = [[]]
    var word = ""
    var isQuoted = false
    func flush(isLast: Bool) throws(EditError) {
      let plain = word.withSingleBlanks
      word = ""
      if !plain.isEmpty { return sides[sides.count - 1].append(plain) }
      if !isLast { throw bad(text, "a word is missing before a comma") }
    }
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      if scalar == "\"" {
        isQuoted.toggle()
      } else if scalar == ",", !isQuoted {
        try flush(isLast: false)
      } else if scalar == "-", rest.first == ">", !isQuoted {
        rest.removeFirst()
        try flush(isLast: true)
        sides.append([])
      } else {
        word.unicodeScalars.append(scalar)
      }
    }
    if isQuoted { throw bad(text, "a quote is not closed") }
    try flush(isLast: true)
    return sides
  }

  private static func bad(_ text: String, _ why: String) -> EditError {
    EditError(
      "bad-blend", .data, "blend cannot be \"\(text)\": \(why)",
      details: ["words of the source prompt -> words of the edit prompt, or none"],
      hint: "cat -> dog")
  }
}
