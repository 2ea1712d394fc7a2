public import EditJobs
public import Files

extension BlendSpec.Words {
  /// Words of a blend that every edit of a source may have: its last one.
  public static func example(of source: Prompt) -> BlendSpec.Words {
    BlendSpec.Words(source: source.resolvableNames.suffix(1))
  }

  /// Reads `cat -> dog` or, with several words, `cat, hat -> dog`; `nil` for `none`.
  ///
  /// `cat` alone stands for `cat -> cat`. One side may be empty (`-> crown`): only the other prompt's
  /// words then make the mask. Inside double quotes commas and arrows are text.
  ///
  /// - Throws: `bad-blend`.
  public init?(parsing text: String) throws(EditError) {
    if text.withoutBlanks.lowercased() == "none" { return nil }
    let read = Self.read(text)
    // What was meant, as far as it can be told: the first side and the last.
    self.init(source: read.sides[0], edit: read.sides[read.sides.count - 1])
    let fault =
      read.fault ?? (read.sides.count > 2 ? "there is more than one arrow" : nil)
      ?? (isEmpty ? "it names no word" : nil)
    guard let fault else { return }
    throw EditError(
      "bad-blend", .data, "blend cannot be \"\(text)\": \(fault)",
      details: ["words of the source prompt -> words of the edit prompt, or none"],
      hint: isEmpty ? "none" : description)
  }

  /// The words of each side of the arrows, and what is wrong with them.
  private static func read(_ text: String) -> (sides: [[String]], fault: String?) {
    var sides: [[String]] = [[]]
    var (word, fault): (String, String?) = ("", nil)
    var isQuoted = false
    func flush(isLast: Bool) {
      let plain = word.withSingleBlanks
      word = ""
      if !plain.isEmpty {
        sides[sides.count - 1].append(plain)
      } else if !isLast {
        fault = "a word is missing before a comma"
      }
    }
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      if scalar == "\"" {
        isQuoted.toggle()
      } else if scalar == ",", !isQuoted {
        flush(isLast: false)
      } else if scalar == "-", rest.first == ">", !isQuoted {
        rest.removeFirst()
        flush(isLast: true)
        sides.append([])
      } else {
        word.unicodeScalars.append(scalar)
      }
    }
    if isQuoted { fault = "a quote is not closed" }
    flush(isLast: true)
    return (sides, fault)
  }
}
