import Files

/// What other programs read in a prompt and this one does not: weights in brackets, networks to load,
/// prompts that change on their way. Here it is text like any other, which people should know.
public struct ForeignSyntax: Hashable, Sendable {
  /// What it would be elsewhere.
  public enum Kind: String, Sendable, CaseIterable {
    /// `(red:1.3)`, and `(red)1.3` or `red++` as compel writes it.
    case weight
    /// `((red))`.
    case emphasis
    /// `[red]`.
    case weakening
    /// `[red|blue]`, `{red|blue}`.
    case alternatives
    /// `[red:blue:0.5]`.
    case schedule
    /// `<lora:name:1>`.
    case network
    /// `BREAK`.
    case chunk
    /// `AND`.
    case composition
    /// `__colour__`.
    case wildcard
    /// `\(`.
    case escape
  }

  /// What it would be elsewhere.
  public let kind: Kind
  /// As it stands in the prompt.
  public let found: String
  /// How it is written here.
  public let instead: String
  /// The options that say the same here, each with its value; empty where there are none.
  public let options: [(name: String, value: String)]

  init(
    _ kind: Kind, _ found: String, _ instead: String,
    options: [(name: String, value: String)] = []
  ) {
    (self.kind, self.found, self.instead, self.options) = (kind, found, instead, options)
  }

  /// What a person is told, in one sentence.
  public var sentence: String { "\(found) is read as it stands; \(instead)" }

  /// What stands in a prompt, the first of each kind.
  ///
  /// Round brackets alone are prose, and so is a time or a ratio in them.
  /// - Parameter isNegative: whether it is a negative prompt, which has no weights and no edits here.
  public static func found(in prompt: String, isNegative: Bool = false) -> [ForeignSyntax] {
    var scanner = ForeignSyntaxScanner(prompt, isNegative: isNegative)
    return scanner.found()
  }

  /// Equal where they say the same.
  public static func == (left: ForeignSyntax, right: ForeignSyntax) -> Bool {
    left.kind == right.kind && left.sentence == right.sentence
  }

  /// Hashes what is compared.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(kind)
    hasher.combine(sentence)
  }
}

/// Walks over a prompt once, with its open brackets on a stack.
struct ForeignSyntaxScanner {
  typealias Scalars = [Unicode.Scalar]

  /// A bracket that closed, and how many follow each other without anything between.
  private struct Pair {
    var open: Int
    var close: Int
    var depth: Int
    /// What stands in the innermost of them.
    var inside: String
  }

  private let scalars: Scalars
  private let isNegative: Bool
  private var byKind: [ForeignSyntax.Kind: ForeignSyntax] = [:]
  private var open: [Int] = []
  /// The last pairs of round and of square brackets.
  private var last: [Unicode.Scalar: Pair] = [:]

  init(_ prompt: String, isNegative: Bool) {
    (scalars, self.isNegative) = (Array(prompt.unicodeScalars), isNegative)
  }

  mutating func found() -> [ForeignSyntax] {
    var at = 0
    while at < scalars.count {
      let scalar = scalars[at]
      if scalar == "\\", at + 1 < scalars.count, "()[]{}".unicodeScalars.contains(scalars[at + 1]) {
        note(.escape, Array(scalars[at...at + 1]), "no bracket needs a backslash here")
        at += 2
        continue
      }
      if "([{<".unicodeScalars.contains(scalar) { open.append(at) }
      if let opening = Self.opening[scalar] { close(at, opening) }
      at += 1
    }
    settle()
    for word in scalars.split(whereSeparator: \.properties.isWhitespace) { read(word: Array(word)) }
    return ForeignSyntax.Kind.allCases.compactMap { byKind[$0] }
  }

  private static let opening: [Unicode.Scalar: Unicode.Scalar] = [
    ")": "(", "]": "[", "}": "{", ">": "<",
  ]

  // MARK: brackets

  private mutating func close(_ at: Int, _ opening: Unicode.Scalar) {
    // A bracket that does not fit is text; what it stands in goes on.
    guard let index = open.lastIndex(where: { scalars[$0] == opening }) else { return }
    let start = open[index]
    open.removeSubrange(index...)
    let inside = Array(scalars[(start + 1)..<at])
    let whole = Array(scalars[start...at])
    switch opening {
    case "(":
      if let (words, number) = Self.weight(inside) { return weigh(whole, words, number) }
      if let number = Self.number(after: at, in: scalars) {
        return weigh(whole + Array(number.unicodeScalars), Self.text(inside), number)
      }
      nest(start, at, opening, inside)
    case "[":
      if inside.contains("|") { return alternate(whole, inside) }
      if let (words, number) = Self.weight(inside) { return schedule(whole, words, number) }
      nest(start, at, opening, inside)
    case "{": if inside.contains("|") { alternate(whole, inside) }
    default: load(whole, Self.text(inside))
    }
  }

  /// A pair around another one with nothing between makes it stronger.
  private mutating func nest(
    _ start: Int, _ at: Int, _ opening: Unicode.Scalar, _ inside: Scalars
  ) {
    guard !inside.allSatisfy(\.properties.isWhitespace) else { return }
    if var pair = last[opening], pair.open == start + 1, pair.close == at - 1 {
      (pair.open, pair.close, pair.depth) = (start, at, pair.depth + 1)
      last[opening] = pair
      return
    }
    settle(opening)
    last[opening] = Pair(open: start, close: at, depth: 1, inside: Self.text(inside))
  }

  private mutating func settle() {
    settle("(")
    settle("[")
  }

  /// Says what the last pair of brackets is.
  private mutating func settle(_ opening: Unicode.Scalar) {
    guard let pair = last.removeValue(forKey: opening) else { return }
    let whole = Array(scalars[pair.open...pair.close])
    if opening == "(" {
      guard pair.depth > 1 else { return }
      weigh(whole, pair.inside, Self.power(11, 10, pair.depth), as: .emphasis)
    } else {
      weigh(whole, pair.inside, Self.power(10, 11, pair.depth), as: .weakening)
    }
  }

  // MARK: what it is

  private mutating func weigh(
    _ whole: Scalars, _ words: String, _ number: String, as kind: ForeignSyntax.Kind = .weight
  ) {
    let words = Self.plain(words)
    guard !words.isEmpty else { return }
    guard !isNegative else {
      return note(kind, whole, "a negative prompt has no weights here")
    }
    let value = "\(words)=\(number)"
    note(
      kind, whole, "write \(words), and its weight as --w \"\(value)\"", options: [("--w", value)])
  }

  private mutating func alternate(_ whole: Scalars, _ inside: Scalars) {
    let names = inside.split(separator: "|").map { Self.plain(Self.text(Array($0))) }
      .filter { !$0.isEmpty }
    guard names.count > 1 else { return }
    if isNegative {
      return note(.alternatives, whole, "give --negative once for each of them")
    }
    note(
      .alternatives, whole,
      "each is an edit of its own: "
        + names.map { "--to \"… \($0) …\"" }.joined(separator: " "))
  }

  /// `[from:to:when]` and `[to:when]`; `words` is what stands before the last colon.
  private mutating func schedule(_ whole: Scalars, _ words: String, _ when: String) {
    if isNegative { return note(.schedule, whole, "a negative prompt holds for the whole run") }
    let share = Double(when) ?? 0
    let tau = (0...1).contains(share) ? when : "\(when)s"
    let sides = words.unicodeScalars.split(
      separator: ":", maxSplits: 1, omittingEmptySubsequences: false
    ).map { Self.plain(String(String.UnicodeScalarView($0))) }
    let (from, to) = sides.count > 1 ? (sides[0], sides[1]) : ("", sides[0])
    func prompt(_ words: String) -> String { words.isEmpty ? "…" : "… \(words) …" }
    note(
      .schedule, whole,
      "an edit keeps its source's layout for a while: --prompt \"\(prompt(from))\" "
        + "--to \"\(prompt(to))\" --tau \(tau)", options: [("--tau", tau)])
  }

  private mutating func load(_ whole: Scalars, _ inside: String) {
    let names = ["lora", "lyco", "locon", "loha", "lokr", "hypernet", "embedding"]
    guard let colon = inside.unicodeScalars.firstIndex(of: ":"),
      names.contains(inside[..<colon].lowercased())
    else { return }
    note(.network, whole, "nothing is loaded by a prompt here: merge it into a model for --model")
  }

  private mutating func read(word: Scalars) {
    let bare = Self.trimmed(word)
    switch Self.text(bare) {
    case "BREAK":
      note(.chunk, bare, "a prompt has one window here, of the text encoder's length: leave it out")
    case "AND" where scalars.contains(where: \.properties.isLowercase):
      note(.composition, bare, "prompts are not composed here: write \"and\"")
    case let text where text.hasPrefix("__") && text.hasSuffix("__") && text.utf8.count > 4:
      note(
        .wildcard, bare,
        isNegative
          ? "give --negative once for each value" : "give --to once for each value: it is an axis")
    default:
      let plus = word.reversed().drop { $0 == "," || $0 == "." }.prefix { $0 == "+" }.count
      let rest = Self.trimmed(word).filter { $0 != "+" }
      guard plus > 1, rest.count > 1, rest.allSatisfy(\.properties.isAlphabetic) else { return }
      weigh(word, Self.text(rest), Self.power(11, 10, plus))
    }
  }

  private mutating func note(
    _ kind: ForeignSyntax.Kind, _ found: Scalars, _ instead: String,
    options: [(name: String, value: String)] = []
  ) {
    guard byKind[kind] == nil else { return }
    let text = Self.text(found)
    let short = text.count > 60 ? "\(text.prefix(40))…\(text.suffix(12))" : text
    byKind[kind] = ForeignSyntax(kind, short, instead, options: options)
  }

  // MARK: texts

  private static func text(_ scalars: Scalars) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  /// Words as `--w` takes them: without brackets, weights and quotes of their own.
  private static func plain(_ words: String) -> String {
    var kept = String.UnicodeScalarView()
    let marks = "()[]{}\"\\".unicodeScalars
    kept.append(contentsOf: words.unicodeScalars.filter { !marks.contains($0) })
    return String(kept).withSingleBlanks
  }

  private static func trimmed(_ word: Scalars) -> Scalars {
    func isMark(_ scalar: Unicode.Scalar) -> Bool { ",.;:!?".unicodeScalars.contains(scalar) }
    return Array(word.drop(while: isMark).reversed().drop(while: isMark).reversed())
  }

  /// The words and the number of `words:1.3`; not of `at 10:30` or `16:9`, which are prose.
  private static func weight(_ inside: Scalars) -> (String, String)? {
    guard let colon = inside.lastIndex(of: ":"), colon > 0 else { return nil }
    // A blank behind the colon is prose.
    let number = text(Array(inside[(colon + 1)...]))
    let before = inside[..<colon]
    let isWhole = !number.utf8.contains(UInt8(ascii: "."))
    guard isNumber(number), !(isWhole && before.last.map(isDigit) == true) else { return nil }
    return (text(Array(before)), canonical(number))
  }

  /// The weight that follows a bracket at once: `1.3`, `++` or `--`.
  private static func number(after close: Int, in scalars: Scalars) -> String? {
    let rest = scalars[(close + 1)...].prefix { isDigit($0) || ".+-".unicodeScalars.contains($0) }
    let text = text(Array(rest))
    if !text.isEmpty, text.utf8.allSatisfy({ $0 == UInt8(ascii: "+") }) {
      return power(11, 10, text.utf8.count)
    }
    if text.utf8.count > 1, text.utf8.allSatisfy({ $0 == UInt8(ascii: "-") }) {
      return power(9, 10, text.utf8.count)
    }
    guard let point = text.firstIndex(of: "."), text[point...].utf8.count > 1, isNumber(text) else {
      return nil
    }
    return canonical(text)
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  private static func isNumber(_ text: String) -> Bool {
    let digits = text.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
    return digits.contains { (0x30...0x39).contains($0) }
      && digits.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
      && Double(text) != nil
  }

  /// A number as values are written here: no sign of plus, a digit before and behind the point.
  private static func canonical(_ number: String) -> String {
    var text = number.hasPrefix("+") ? String(number.dropFirst()) : number
    if text.hasSuffix(".") { text.removeLast() }
    if text.hasPrefix(".") { text = "0" + text }
    return text.hasPrefix("-.") ? "-0" + text.dropFirst() : text
  }

  /// `(above/below)^count`, in hundredths.
  private static func power(_ above: Int, _ below: Int, _ count: Int) -> String {
    let share = (0..<min(count, 40)).reduce(1.0) { value, _ in
      value * Double(above) / Double(below)
    }
    let hundredths = max(Int((share * 100).rounded()), 1)
    let digits = "\(hundredths % 100 + 100)".dropFirst()
    return "\(hundredths / 100).\(digits)"
  }
}
