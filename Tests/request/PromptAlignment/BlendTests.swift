import EditJobs
import Files
import PromptAlignment
import Testing

extension BlendSpec {
  /// The blend of words in the form of requests; `nil` for `none`.
  fileprivate init?(
    parsing text: String, substract: String = "none", threshold: Double = defaultThreshold,
    substractThreshold: Double = defaultThreshold, start: Window.Bound = defaultStart
  ) throws {
    guard let words = try Words(parsing: text) else { return nil }
    self.init(
      words: words, substract: try Words(parsing: substract) ?? Words(), threshold: threshold,
      substractThreshold: substractThreshold, start: start)
  }
}

/// Local blend as it is typed, and as it is resolved.
@Suite struct BlendTests {
  private func resolve(
    _ blend: BlendSpec?, edit: String = "a fox wearing a crown", steps: Int = 50
  ) throws -> ResolvedBlend? {
    try EditSpec(prompt: edit, blend: blend).resolved(
      source: Vocabulary.prompt("a cat, a hat"), tokenizer: Vocabulary.clip.get(), steps: steps
    ).blend
  }

  @Test func readsWordsPerPrompt() throws {
    typealias Words = BlendSpec.Words
    for (text, source, edit) in [
      ("cat -> dog", ["cat"], ["dog"]), ("cat->dog", ["cat"], ["dog"]),
      (" cat ,hat  ->  pea   soup,@3, ", ["cat", "hat"], ["pea soup", "@3"]),
      ("cat#2", ["cat#2"], ["cat#2"]), ("-> crown", [], ["crown"]), ("cat ->", ["cat"], []),
      ("\"a, b\" -> \"c -> d\", ice-cream", ["a, b"], ["c -> d", "ice-cream"]),
    ] {
      let words = try #require(try Words(parsing: text))
      #expect(words == Words(source: source, edit: edit), "\(text)")
      #expect(try Words(parsing: words.description) == words, "\(words)")
    }
    #expect(try Words(parsing: " None ") == nil)
    for text in ["", "->", "a -> b -> c", "a,,b -> c", ", a -> b", "\"a -> b"] {
      let error = try Vocabulary.error { _ = try Words(parsing: text) }
      #expect(error.code == "bad-blend", "\(text)")
      // What is hinted at is what was meant, and can be read.
      #expect(throws: Never.self, "\(text)") { try Words(parsing: #require(error.hint)) }
    }
  }

  @Test func wordsBecomeTokens() throws {
    // a cat , a hat: the comma is a token of its own and belongs to no word.
    let blend = try #require(
      try resolve(BlendSpec(parsing: "hat, cat, a -> crown", substract: "-> fox, @1")))
    #expect(blend.source == [1, 2, 4, 5])
    #expect((blend.edit, blend.substractSource, blend.substractEdit) == ([5], [], [1, 2]))
    #expect((blend.threshold, blend.substractThreshold, blend.start) == (0.3, 0.3, 10))
    for (text, prompt) in [("dog -> crown", "source prompt"), ("cat -> cat", "edit prompt")] {
      let error = try Vocabulary.error { _ = try resolve(BlendSpec(parsing: text)) }
      #expect(error.code == "word-not-found" && error.what.contains(prompt))
      #expect(error.details.first?.hasPrefix("its words: a, ") == true)
    }
    #expect(
      try Vocabulary.error {
        _ = try resolve(BlendSpec(parsing: "cat -> crown", substract: "crwon -> crown"))
      }.code == "word-not-found")
    for blend in [
      BlendSpec(words: .init()), BlendSpec(words: .init(edit: ["fox"]), threshold: 1.5),
      BlendSpec(words: .init(edit: ["fox"]), substractThreshold: .nan),
    ] {
      #expect(try Vocabulary.error { _ = try resolve(blend) }.code == "bad-blend")
    }
    let late = BlendSpec(words: .init(edit: ["fox"]), start: .steps(51))
    #expect(try Vocabulary.error { _ = try resolve(late) }.code == "window-outside")
  }

  @Test func equalBlendsAreEqual() throws {
    #expect(
      try resolve(BlendSpec(parsing: "cat, cat -> fox, @2"))
        == resolve(
          BlendSpec(parsing: "cat -> fox", substractThreshold: 0.9, start: .fraction(0.219))))
    // It would never act.
    #expect(try resolve(BlendSpec(parsing: "cat -> fox", start: .fraction(1))) == nil)
    #expect(try resolve(BlendSpec(parsing: "cat -> fox", start: .steps(50))) == nil)
    #expect(try resolve(BlendSpec(parsing: "cat -> fox", start: .steps(49)))?.start == 49)
  }

  /// A blend shares its prefix with the edit without one, up to its start.
  @Test func signaturesDifferFromItsStart() throws {
    func edit(_ blend: String) throws -> ResolvedEdit {
      try EditSpec(
        prompt: "a fox", tau: .whole, selfTau: .empty, blend: BlendSpec(parsing: blend)
      ).resolved(
        source: Vocabulary.prompt("a cat"), tokenizer: Vocabulary.clip.get(), steps: 10)
    }
    let (plain, blended) = (try edit("none"), try edit("cat -> fox"))
    #expect(plain.signatures.map(\.steps) == [10])
    #expect(blended.signatures.map(\.steps) == [2, 8])
    #expect(plain.signatures[0].hash == blended.signatures[0].hash)
    #expect(plain.signatures[0].hash != blended.signatures[1].hash)
  }
}
