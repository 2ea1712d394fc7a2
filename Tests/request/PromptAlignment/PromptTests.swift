import EditJobs
import Files
import PromptAlignment
import Testing

@Suite struct PromptTests {
  @Test func wordsCoverTheTokens() throws {
    let prompt = try Vocabulary.prompt("  A lasagne,\twith  “pea soup” ")
    #expect(prompt.text == "A lasagne, with “pea soup”")
    #expect(prompt.words.map(\.text) == ["A", "lasagne,", "with", "“pea", "soup”"])
    #expect(prompt.words.map(\.bare) == ["a", "lasagne", "with", "pea", "soup"])
    #expect(prompt.words.first?.tokens.lowerBound == 1)
    #expect(prompt.words.last?.tokens.upperBound == prompt.end)
    for (word, next) in zip(prompt.words, prompt.words.dropFirst()) {
      #expect(word.tokens.upperBound == next.tokens.lowerBound)
    }
    #expect(prompt.ids.count == 77)
  }

  @Test func emptyPromptIsLegal() throws {
    let prompt = try Vocabulary.prompt(" \n")
    #expect(prompt.words.isEmpty)
    #expect(prompt.end == 1)
  }

  @Test func tooLongNamesTheWordThatDoesNotFit() throws {
    let words = Array(repeating: "cat", count: 75)
    #expect(try Vocabulary.prompt(words.joined(separator: " ")).end == 76)
    let error = try Vocabulary.error {
      _ = try Vocabulary.prompt((words + ["lanterns", "and", "more"]).joined(separator: " "))
    }
    #expect(error.code == "prompt-too-long")
    #expect(error.status == .data)
    #expect(
      error.what
        == "the prompt is 78 tokens long, the text encoder takes 75; \"lanterns\" (word 76) does not fit"
    )
  }

  @Test func absurdlyLongPromptIsRefusedAtOnce() throws {
    let error = try Vocabulary.error {
      _ = try Vocabulary.prompt(String(repeating: "ab", count: 1_000_000))
    }
    #expect(error.code == "prompt-too-long")
  }

  struct Golden: Decodable {
    struct Words: Decodable {
      var text: String
      var tokens: [String: [Int]]
    }
    var words: [Words]
  }

  @Test func queriesAgreeWithTheReference() throws {
    for golden in try Vocabulary.golden("alignment.json", as: Golden.self).words {
      let prompt = try Vocabulary.prompt(golden.text)
      for (query, tokens) in golden.tokens {
        #expect(try prompt.tokens(of: query) == tokens, "\(query)")
      }
    }
  }

  @Test(arguments: [
    ("cat", [2, 8]), ("CAT!", [2, 8]), ("cat#2", [8]), ("pea soup", [5, 6]), ("Pea  soup", [5, 6]),
    ("\"pea soup\"", [5, 6]), ("@0", [0]), ("@9", [9]), ("#1", [10, 11]),
  ])
  func queries(_ query: String, _ tokens: [Int]) throws {
    //                               1 2   3     4 5    6   7 8   9  10 11
    let prompt = try Vocabulary.prompt("a cat eats (pea soup, cat; no #1")
    #expect(prompt.words.count == 8)
    let found = try prompt.tokens(of: query)
    #expect(!found.isEmpty)
    if query == "#1" {
      // The bare word is the 1; the # before it is punctuation.
      #expect(found == prompt.words.last.map { Array($0.bareTokens) })
    } else if query.hasPrefix("@") {
      #expect(found == tokens)
    } else {
      let texts = try found.map { try Vocabulary.clip.get().text(of: prompt.ids[$0]) }
      #expect(texts.allSatisfy { ["cat", "pea", "soup"].contains($0) })
      #expect(found.count == tokens.count)
    }
  }

  @Test func unknownWordListsThoseThatResolve() throws {
    let prompt = try Vocabulary.prompt("a fox wearing a crown")
    let error = try Vocabulary.error { _ = try prompt.tokens(of: "crwon", name: "edit prompt") }
    #expect(error.code == "word-not-found")
    #expect(error.what == "\"crwon\" is not in the edit prompt \"a fox wearing a crown\"")
    #expect(error.details == ["its words: a, fox, wearing, a#2, crown"])
    #expect(error.hint == "crown")
    for query in ["a#3", "fox#0", "", "  ", "fox crown", "@6", "@-1", "@x"] {
      #expect(throws: EditError.self, "\(query)") { try prompt.tokens(of: query) }
    }
    for name in prompt.resolvableNames { #expect(try !prompt.tokens(of: name).isEmpty) }
  }
}
