import EditJobs
import Files

extension BlendSpec {
  /// The blend in tokens and steps; `nil` where it starts after the last step, and so never acts.
  ///
  /// Equal blends have equal forms: tokens rise, each named once, and the threshold of the words to
  /// take out is the default where there are none.
  ///
  /// - Throws: `bad-blend` where it names no word or a threshold is outside 0…1, `word-not-found`,
  ///   `token-not-found`, `window-outside`.
  func resolved(
    source: Prompt, edit: Prompt, steps: Int
  ) throws(EditError) -> ResolvedBlend? {
    for threshold in [threshold, substractThreshold] where !(0...1).contains(threshold) {
      throw EditError(
        "bad-blend", .data, "the blend's threshold is outside 0…1: \(threshold)")
    }
    if words.isEmpty {
      throw EditError(
        "bad-blend", .data, "the blend names no word",
        hint: "--blend '\(Words.example(of: source))'")
    }
    let start = try Window(from: start, to: .fraction(1))
      .resolved(steps: steps, name: "the blend's start").from
    let blend = ResolvedBlend(
      source: try Self.tokens(words.source, source, "source prompt"),
      edit: try Self.tokens(words.edit, edit, "edit prompt"),
      substractSource: try Self.tokens(substract.source, source, "source prompt"),
      substractEdit: try Self.tokens(substract.edit, edit, "edit prompt"),
      // Adding 0 makes 0 of −0, which is another pattern of bits for the same threshold.
      threshold: threshold + 0,
      substractThreshold: substract.isEmpty ? Self.defaultThreshold : substractThreshold + 0,
      start: start)
    return start < steps ? blend : nil
  }

  private static func tokens(
    _ words: [String], _ prompt: Prompt, _ name: String
  ) throws(EditError) -> [Int] {
    var tokens: Set<Int> = []
    for word in words { tokens.formUnion(try prompt.tokens(of: word, name: name)) }
    return tokens.sorted()
  }
}
