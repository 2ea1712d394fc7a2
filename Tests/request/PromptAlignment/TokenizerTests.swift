import EditJobs
import Files
import Foundation
import PromptAlignment
import Testing
import TestInstruments

@Suite struct TokenizerTests {
  struct Case: Decodable {
    var text: String
    var ids: [Int]
  }

  @Test func agreesWithThePublishedTokenizer() throws {
    let tokenizer = try Vocabulary.clip.get()
    let cases = try Vocabulary.golden("tokenizer.json", as: [Case].self)
    #expect(cases.count >= 11)
    for golden in cases {
      let ids = [tokenizer.bosTokenID] + tokenizer.encode(golden.text) + [tokenizer.eosTokenID]
      #expect(ids == golden.ids, "\(golden.text)")
    }
  }

  @Test func readsItsSettings() throws {
    let tokenizer = try Vocabulary.clip.get()
    #expect(tokenizer.modelMaxLength == 77)
    #expect(tokenizer.bosTokenID == 49406)
    #expect(tokenizer.eosTokenID == 49407)
    #expect(tokenizer.padTokenID == 49407)
    #expect(
      try CLIPTokenizer(folder: Vocabulary.folder("tiny-sd1"), textLength: 20).modelMaxLength == 20)
  }

  /// The pad token of Stable Diffusion 2 is the exclamation mark, and where it stands in a text it is
  /// that token too.
  @Test func padTokenIsTheFolders() throws {
    let tokenizer = try CLIPTokenizer(folder: Vocabulary.folder("tiny-sd2"))
    #expect(tokenizer.padTokenID == 0)
    #expect(tokenizer.padTokenID != tokenizer.eosTokenID)
    let prompt = try Prompt("red", tokenizer: tokenizer)
    #expect(prompt.ids.count == tokenizer.modelMaxLength)
    #expect(prompt.ids[prompt.end] == tokenizer.eosTokenID)
    #expect(prompt.ids[(prompt.end + 1)...].allSatisfy { $0 == 0 })
    #expect(tokenizer.encode("red!").last == 0)
  }

  @Test(arguments: [
    ("cafe\u{301}", "café"), ("CAFÉ", "café"), ("a\u{a0}b", "a b"), ("a\u{3000}b\r\n", "a b"),
    ("they'LL", "they'll"), ("ΣΑΣ", "σασ"),
  ])
  func normalises(_ left: String, _ right: String) throws {
    let tokenizer = try Vocabulary.clip.get()
    #expect(tokenizer.encode(left) == tokenizer.encode(right))
  }

  /// Tokens' texts, put together, give back the normalised text without its blanks.
  @Test(arguments: ["an astronaut riding a horse!", "naïve café 東京 🐱🐶", "12 o'clock, #1", "Ω ≠ ω"])
  func textsOfTokensGiveBackTheText(_ text: String) throws {
    let tokenizer = try Vocabulary.clip.get()
    let bytes = tokenizer.encode(text).map { tokenizer.text(of: $0) }
    // Tokens that cut a character in two show it as replaced; only whole ones can be compared.
    guard !bytes.contains(where: { $0.contains("\u{fffd}") }) else { return }
    let expected = text.lowercased().filter { !$0.isWhitespace }
    #expect(bytes.joined() == expected)
  }

  /// Beside the time of reading the vocabulary as any JSON; a tokenizer has the merges besides.
  @Test func startsFast() throws {
    let folder = Vocabulary.folder("tiny-sd1")
    let vocabulary = try Data(contentsOf: URL(filePath: "\(folder)/vocab.json"))
    func best(_ body: () throws -> Void) rethrows -> Double {
      try (0..<3).map { _ in try ThreadClock.measure(body) }.min() ?? 0
    }
    let plain = try best { _ = try JSONDecoder().decode([String: Int].self, from: vocabulary) }
    let tokenizer = try best { _ = try CLIPTokenizer(folder: folder) }
    #expect(tokenizer < 4 * plain, "\(tokenizer) s, the JSON alone \(plain) s")
  }

  @Test func damagedFilesAreErrors() throws {
    let vocabulary = #"{"<|startoftext|>": 0, "<|endoftext|>": 1, "a</w>": 2}"#
    let merges = "#version: 0.2\n"
    let good = ["vocab.json": vocabulary, "merges.txt": merges]
    try Vocabulary.withFolder(good) { folder in
      let tokenizer = try CLIPTokenizer(folder: folder)
      #expect(tokenizer.encode("a b") == [2, 1])
    }
    let cases: [(String, String?, String)] = [
      ("vocab.json", nil, "tokenizer-missing"), ("merges.txt", nil, "tokenizer-missing"),
      ("vocab.json", String(vocabulary.dropLast(10)), "tokenizer-damaged"),
      ("vocab.json", #"{"a": "b"}"#, "tokenizer-damaged"),
      ("vocab.json", #"{"a": 1, "a": 2}"#, "tokenizer-damaged"),
      ("vocab.json", #"{"a</w>": 0}"#, "tokenizer-damaged"),
      ("vocab.json", #"{"\ud800": 0}"#, "tokenizer-damaged"),
      ("merges.txt", "a b c\n", "tokenizer-damaged"),
      ("tokenizer_config.json", "[", "tokenizer-damaged"),
    ]
    for (name, text, code) in cases {
      var files = good
      files[name] = text
      try Vocabulary.withFolder(files) { folder in
        let error = try Vocabulary.error { _ = try CLIPTokenizer(folder: folder) }
        #expect(error.code == code, "\(name): \(text ?? "absent")")
        #expect(error.what.contains(name))
      }
    }
  }
}
