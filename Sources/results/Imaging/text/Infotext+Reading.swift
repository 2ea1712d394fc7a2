extension Infotext {
  /// Reads a text in the web UI's grammar; every text is legal.
  ///
  /// The last line holds settings only if at least three pairs are found in it, otherwise it
  /// belongs to the prompt. Of equal keys the first is kept, and reading stops at `SDCPP:`, whose
  /// JSON is not quoted. Unlike the web UI, `Size: 512x768` stays one pair.
  public init(parsing text: String) {
    var lines = InfotextScanner.lines(of: InfotextScanner.trimmed(text))
    var pairs: [Pair] = []
    if let last = lines.last {
      let found = InfotextScanner.pairs(in: last)
      if found.count >= Self.fewestPairs {
        lines.removeLast()
        for pair in found.prefix(while: { $0.key != "SDCPP" })
        where !pair.value.isEmpty && !pairs.contains(where: { $0.key == pair.key }) {
          pairs.append(pair)
        }
      }
    }
    let mark = lines.firstIndex { Self.negativePart(of: $0) != nil } ?? lines.endIndex
    var negative = Array(lines[mark...])
    if let first = negative.first.flatMap(Self.negativePart) { negative[0] = first }
    self.init(
      prompt: InfotextScanner.trimmed(lines[..<mark].joined(separator: "\n")),
      negative: InfotextScanner.trimmed(negative.joined(separator: "\n")), pairs: pairs)
  }

  /// What the text asks for that a prompt here cannot express, one sentence each.
  public var unsupported: [String] {
    var found: [String] = []
    for (name, prompt) in [("prompt", prompt), ("negative prompt", negative)] {
      if Self.hasEmphasis(prompt) {
        found.append("the \(name) has emphasis in brackets; prompts are literal here")
      }
      for kind in ["lora", "lyco", "hypernet"] where prompt.contains("<\(kind):") {
        found.append("the \(name) asks for an extra network <\(kind):…>")
      }
    }
    if let schedule = self["Schedule type"], schedule != "Automatic" {
      found.append("Schedule type \"\(schedule)\" is not known; only Automatic is")
    }
    for pair in pairs where pair.key.hasPrefix("Hires ") {
      found.append("\(pair.key) \"\(pair.value)\" is not known")
    }
    return found
  }

  /// Whether a prompt has `(word)`, `[word]`, or an escaped bracket.
  private static func hasEmphasis(_ prompt: String) -> Bool {
    prompt.unicodeScalars.contains { "()[]".unicodeScalars.contains($0) }
  }
}
