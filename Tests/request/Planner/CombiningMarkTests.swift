import EditJobs
import Files
import Planner
import PromptAlignment
import Testing

/// A combining mark makes one `Character` with what stands before it; nothing is lost or overlooked.
@Suite struct CombiningMarkTests {
  /// A skin tone, an accent and a variation selector, each after a blank.
  static let texts = ["a hand \u{1F3FD} emoji", "a cat \u{301} b", "a \u{FE0F}heart"]

  private func scalars(_ text: String?) -> [UInt32]? { text?.unicodeScalars.map(\.value) }

  @Test(arguments: texts) func promptsKeepEveryScalar(_ text: String) throws {
    var request = try PlannedSweep.request(("negative", text), ("to", " \(text)  "))
    try request.set("prompt", to: "  \(text) ")
    let submission = try PlannedSweep.expand(request).submission
    let source = submission.sources[0].spec
    #expect(scalars(source.prompt) == scalars(text))
    #expect(scalars(source.negative) == scalars(text))
    #expect(submission.variants.contains { scalars($0.edit.prompt) == scalars(text) })
  }

  @Test(arguments: texts) func listsOfTextsAreParted(_ text: String) throws {
    // The mark stands right after the bars.
    let request = try PlannedSweep.request(("to", "\(text)||\u{301}x"))
    let prompts = try PlannedSweep.expand(request).submission.variants.map(\.edit.prompt)
    #expect(Set(prompts.map(scalars)) == [scalars(text), scalars("\u{301}x")])
  }

  @Test(arguments: texts) func wordsKeepEveryScalar(_ text: String) throws {
    for prefix in ["w:", "tau:"] {
      #expect(scalars(AxisKind(name: prefix + text)?.name) == scalars(prefix + text))
    }
    let words = try #require(
      try BlendSpec.Words(parsing: "\(text), \u{301}cat -> \u{301}dog,\u{301}x"))
    #expect(words.source.map(scalars) == [scalars(text), scalars("\u{301}cat")])
    #expect(words.edit.map(scalars) == [scalars("\u{301}dog"), scalars("\u{301}x")])
  }

  @Test func textIsLookedAtScalarByScalar() {
    let text = " \u{301}a  \u{85}b\t"
    #expect(text.blankSeparated.map(scalars) == [scalars("\u{301}a"), scalars("b")])
    #expect(scalars(text.withoutOuterBlanks) == scalars("\u{301}a  \u{85}b"))
    #expect(scalars(text.withSingleBlanks) == scalars("\u{301}a b"))
    #expect(scalars(text.withoutBlanks) == scalars("\u{301}ab"))
    #expect(
      scalars("a\"\u{301}".replacingScalars("\"", with: "&quot;")) == scalars("a&quot;\u{301}"))
    #expect("".withoutOuterBlanks.isEmpty && " ".withoutOuterBlanks.isEmpty)
  }
}
