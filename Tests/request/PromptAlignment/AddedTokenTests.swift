import EditJobs
import Files
import Foundation
import PromptAlignment
import Testing

/// Tokens beside a vocabulary and `tokenizer.json` against the published tokenizer
/// (`Tools/oracle/tokens.py`).
@Suite struct AddedTokenTests {
  struct Golden: Decodable, CustomTestStringConvertible, Sendable {
    struct Case: Decodable, Sendable {
      var text: String
      var ids: [Int]
    }
    var name: String
    var files: [String: String]
    var cases: [Case]
    var testDescription: String { name }
  }

  static let goldens = (try? Vocabulary.golden("added-tokens.json", as: [Golden].self)) ?? []

  private static let whole = (Bundle.module.resourcePath ?? ".") + "/Fixtures/tokenizer-json"

  @Test func goldensAreThere() { #expect(Self.goldens.count == 6) }

  /// The files of a tokenizer folder, as texts.
  private func files(_ folder: String) throws -> [String: String] {
    var texts: [String: String] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      texts[name] = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
    }
    return texts
  }

  @Test(arguments: goldens)
  func agreesWithThePublishedTokenizer(_ golden: Golden) throws {
    let base = golden.files.isEmpty ? Self.whole : Vocabulary.folder("tiny-sd2")
    try Vocabulary.withFolder(try files(base).merging(golden.files) { $1 }) { folder in
      let tokenizer = try CLIPTokenizer(folder: folder)
      #expect(golden.cases.count >= 10)
      for row in golden.cases { #expect(tokenizer.encode(row.text) == row.ids, "\(row.text)") }
    }
  }

  /// One file in the place of two, and nothing beside it but the settings.
  @Test func oneFileIsAWholeTokenizer() throws {
    let names = try files(Self.whole).keys.sorted()
    #expect(names == ["tokenizer.json", "tokenizer_config.json"])
    let (one, two) = (
      try CLIPTokenizer(folder: Self.whole),
      try CLIPTokenizer(folder: Vocabulary.folder("tiny-sd2"))
    )
    #expect(one.padTokenID == 0 && one.eosTokenID == two.eosTokenID)
    #expect(one.modelMaxLength == two.modelMaxLength)
    for text in ["a red circle next to a star", "CAFÉ, don't!", "12 o'clock 🐱"] {
      #expect(one.encode(text) == two.encode(text), "\(text)")
    }
    // Merges as lines, which older versions write.
    var texts = try files(Self.whole)
    let pairs = try Regex(
      #"\[\s*("[^"]*"),\s*("[^"]*")\s*\]"#, as: (Substring, Substring, Substring).self)
    let old = try #require(texts["tokenizer.json"]).replacing(pairs) { match in
      "\(match.1.dropLast()) \(match.2.dropFirst())"
    }
    #expect(old != texts["tokenizer.json"])
    texts["tokenizer.json"] = old
    try Vocabulary.withFolder(texts) { folder in
      let text = "a red circle, a star"
      let tokenizer = try CLIPTokenizer(folder: folder)
      #expect(tokenizer.encode(text) == two.encode(text))
    }
  }

  @Test func tokensOfTheOneFileCountBesideTheOtherTwo() throws {
    var texts = try files(Vocabulary.folder("tiny-sd2"))
    texts["tokenizer.json"] = try files(Self.whole)["tokenizer.json"]
    try Vocabulary.withFolder(texts) { folder in
      let tokenizer = try CLIPTokenizer(folder: folder)
      #expect(tokenizer.encode("<cat-toy>") == [618])
    }
  }

  @Test func anAddedTokenIsAWordOfAPrompt() throws {
    var texts = try files(Vocabulary.folder("tiny-sd2"))
    texts["added_tokens.json"] = #"{"<cat-toy>": 618, "two words": 619}"#
    try Vocabulary.withFolder(texts) { folder in
      let tokenizer = try CLIPTokenizer(folder: folder)
      let prompt = try Prompt("a red <cat-toy>, big", tokenizer: tokenizer)
      #expect(prompt.words[2].tokens.count == 2 && prompt.words[2].bareTokens.count == 1)
      #expect(prompt.ids[prompt.words[2].bareTokens.lowerBound] == 618)
      #expect(tokenizer.text(of: 618) == "<cat-toy>")
      let error = try Vocabulary.error { _ = try Prompt("TWO   words", tokenizer: tokenizer) }
      #expect(error.code == "prompt-token" && error.what.contains("two words"))
      try tokenizer.check(rows: 620)
      let misfit = try Vocabulary.error { try tokenizer.check(rows: 619) }
      #expect(misfit.code == "tokenizer-misfit" && misfit.what.contains("two words"))
    }
  }

  @Test(arguments: [
    ("added_tokens.json", #"{"<a>": 618"#, "tokenizer-damaged"),
    ("added_tokens.json", #"{"<a>": -1}"#, "tokenizer-damaged"),
    ("added_tokens.json", #"["<a>"]"#, "tokenizer-damaged"),
    ("tokenizer.json", #"{"added_tokens": {}}"#, "tokenizer-damaged"),
    (
      "tokenizer_config.json", #"{"added_tokens_decoder": {"618": {"text": "<a>"}}}"#,
      "tokenizer-damaged"
    ),
  ])
  func damagedFilesAreErrors(_ name: String, _ text: String, _ code: String) throws {
    var texts = try files(Vocabulary.folder("tiny-sd2"))
    texts[name] = text
    try Vocabulary.withFolder(texts) { folder in
      let error = try Vocabulary.error { _ = try CLIPTokenizer(folder: folder) }
      #expect(error.code == code && error.what.contains(name))
    }
  }

  @Test func otherTokenizersAreNamed() throws {
    let texts = try files(Self.whole)
    let good = try #require(texts["tokenizer.json"])
    for (from, to, word) in [
      (#""BPE""#, #""Unigram""#, "Unigram"), (#""Lowercase""#, #""NFD""#, "NFD"),
      (#""end_of_word_suffix": "</w>""#, #""end_of_word_suffix": """#, "suffix"),
      (#""Split""#, #""Whitespace""#, "Whitespace"),
    ] {
      try Vocabulary.withFolder(["tokenizer.json": good.replacing(from, with: to)]) { folder in
        let error = try Vocabulary.error { _ = try CLIPTokenizer(folder: folder) }
        #expect(error.code == "tokenizer-unsupported" && error.what.contains(word), "\(error)")
      }
    }
    try Vocabulary.withFolder(["tokenizer.json": "{}"]) { folder in
      let error = try Vocabulary.error { _ = try CLIPTokenizer(folder: folder) }
      #expect(error.code == "tokenizer-unsupported")
    }
  }

  /// What Python writes where there is no number.
  @Test func settingsThatAreNoNumbersAreNone() throws {
    for value in ["NaN", "Infinity", "-Infinity", "1000000000000000019884624838656"] {
      var texts = try files(Vocabulary.folder("tiny-sd2"))
      texts["tokenizer_config.json"] =
        #"{"pad_token": "!", "model_max_length": \#(value), "extra": [\#(value)]}"#
      texts["vocab.json"] =
        "{\"no</w>\": NaN, \"never\": -Infinity, "
        + (try #require(texts["vocab.json"])).dropFirst()
      texts["tokenizer.json"] = #"{"added_tokens": [], "model": {"dropout": \#(value)}}"#
      try Vocabulary.withFolder(texts) { folder in
        let tokenizer = try CLIPTokenizer(folder: folder)
        #expect(tokenizer.modelMaxLength == 77 && tokenizer.padTokenID == 0)
      }
    }
  }
}
