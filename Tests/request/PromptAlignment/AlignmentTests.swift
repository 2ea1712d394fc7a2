import EditJobs
import Files
import PromptAlignment
import Testing
import TestInstruments

@Suite struct AlignmentTests {
  struct Golden: Decodable {
    struct Pair: Decodable {
      struct Refine: Decodable {
        var map: [Int]
        var own: [Int]
      }
      var source: String
      var edit: String
      var refine: Refine
      /// As the original code has it.
      var refine_google: Refine
      /// Source token, target token, share.
      var replace: [[Double]]?
      /// As the original code has it.
      var replace_google: [[Double]]?
    }
    struct Window: Decodable {
      var fraction: Double
      var steps: Int
      var count: Int
      var google_cross: Int
      var google_self: Int
    }
    var pairs: [Pair]
    var windows: [Window]
  }

  @Test func refineAgreesWithTheReference() throws {
    for pair in try Vocabulary.golden("alignment.json", as: Golden.self).pairs {
      for (compat, golden) in [
        (nil, pair.refine), (Compatibility.google, pair.refine_google),
      ] {
        let sources = RefineAlignment.sources(
          source: try Vocabulary.prompt(pair.source), edit: try Vocabulary.prompt(pair.edit),
          compat: compat)
        let expected = zip(golden.map, golden.own).map { $1 == 1 ? nil : Optional($0) }
        #expect(sources == expected, "\(pair.source) | \(pair.edit)")
      }
    }
  }

  @Test func replaceAgreesWithTheReference() throws {
    var compared = 0
    for pair in try Vocabulary.golden("alignment.json", as: Golden.self).pairs {
      let source = try Vocabulary.prompt(pair.source)
      let edit = try Vocabulary.prompt(pair.edit)
      guard let replace = pair.replace else {
        let error = try Vocabulary.error {
          _ = try ReplaceAlignment.columns(source: source, edit: edit)
        }
        #expect(
          error.what
            == "replace needs equal word counts: \(source.words.count) and \(edit.words.count)")
        continue
      }
      compare(try ReplaceAlignment.columns(source: source, edit: edit), replace, pair.edit)
      compare(
        try ReplaceAlignment.columns(source: source, edit: edit, compat: .google),
        try #require(pair.replace_google), "\(pair.edit), as published")
      compared += 1
    }
    #expect(compared >= 5)
  }

  private func compare(_ columns: [[TokenMapper.Share]], _ golden: [[Double]], _ what: String) {
    var expected = Array(repeating: [TokenMapper.Share](), count: 77)
    for entry in golden.sorted(by: { $0[0] < $1[0] }) {
      expected[Int(entry[1])].append(.init(token: Int(entry[0]), share: entry[2]))
    }
    for (n, (found, wanted)) in zip(columns, expected).enumerated() {
      #expect(found.map(\.token) == wanted.map(\.token), "\(what), token \(n)")
      for (share, golden) in zip(found, wanted) {
        // The golden shares are float32.
        #expect(abs(share.share - golden.share) < 1e-7, "\(what), token \(n)")
      }
    }
  }

  @Test func windowsAgreeWithTheReference() throws {
    for golden in try Vocabulary.golden("alignment.json", as: Golden.self).windows {
      let window = try Window(to: .fraction(golden.fraction))
        .resolved(steps: golden.steps, name: "tau")
      #expect(window == StepWindow(0, golden.count), "\(golden.fraction) of \(golden.steps)")
    }
    #expect(
      try Vocabulary.golden("alignment.json", as: Golden.self).windows.contains {
        $0.count != $0.google_self
      })
    let published = try Window(to: .fraction(0.58)).resolved(steps: 50, name: "tau")
    #expect(published.to == 29)
  }

  /// A prompt aligned with itself maps every token to itself, by every method.
  @Test(arguments: ["", "a", "a cat and a cat", "lasagne, chinchilla & 東京"])
  func aligningWithItselfIsTheIdentity(_ text: String) throws {
    let prompt = try Vocabulary.prompt(text)
    #expect(RefineAlignment.sources(source: prompt, edit: prompt) == Array(0..<77).map { $0 })
    let columns = try ReplaceAlignment.columns(source: prompt, edit: prompt)
    #expect(columns == (0..<77).map { [TokenMapper.Share(token: $0, share: 1)] })
  }

  /// Aligned tokens rise, are equal, and every column of a word swap takes from some token.
  @Test(arguments: SeededRandom.seeds(7..<8))
  func lawsOfRandomPairs(seed: UInt64) throws {
    var generator = SeededRandom(seed: seed)
    let words = ["a", "red", "cat", "lasagne", "on", "the", "chinchilla,", "東京", "crown", "42"]
    for _ in 0..<200 {
      let texts = (0..<2).map { _ in
        (0..<Int.random(in: 0...8, using: &generator)).map { _ in
          words.randomElement(using: &generator) ?? "a"
        }.joined(separator: " ")
      }
      let (source, edit) = (try Vocabulary.prompt(texts[0]), try Vocabulary.prompt(texts[1]))
      let sources = RefineAlignment.sources(source: source, edit: edit)
      let aligned = sources[...edit.end].enumerated().compactMap { n, s in s.map { (n, $0) } }
      for (n, s) in aligned { #expect(edit.ids[n] == source.ids[s]) }
      for (first, second) in zip(aligned, aligned.dropFirst()) { #expect(first.1 < second.1) }
      #expect(sources[0] == 0)
      #expect(sources[edit.end] == source.end)
      guard source.words.count == edit.words.count else { continue }
      for column in try ReplaceAlignment.columns(source: source, edit: edit) {
        #expect(!column.isEmpty)
        #expect(column.map(\.token) == column.map(\.token).sorted())
      }
    }
  }
}
