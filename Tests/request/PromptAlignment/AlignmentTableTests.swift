import EditJobs
import PromptAlignment
import Testing

@Suite struct AlignmentTableTests {
  private func table(
    _ source: String, _ edit: String, _ method: EditMethod = .auto
  ) throws -> [String] {
    let table = try AlignmentTable(
      source: Vocabulary.prompt(source), edit: Vocabulary.prompt(edit), method: method,
      tokenizer: Vocabulary.clip.get())
    return table.rows.map { row in
      [row.source, row.edit].map { $0.map { "\($0.index) \($0.text)" } ?? "-" }
        .joined(separator: " | ") + " | " + row.origin
    }
  }

  @Test func refinement() throws {
    #expect(
      try table("a cat wearing a crown", "a fox wearing a golden crown") == [
        "0 <bos> | 0 <bos> | source 0", "1 a | 1 a | source 1", "2 cat | 2 fox | own",
        "3 wearing | 3 wearing | source 3", "4 a | 4 a | source 4",
        "- | 5 golden | own (inserted)", "5 crown | 6 crown | source 5",
        "6 <eos> | 7 <eos> | source 6",
      ])
  }

  @Test func swapOfWordsOfDifferentLength() throws {
    let rows = try table("a squirrel eating", "a chinchilla eating")
    #expect(rows.first == "0 <bos> | 0 <bos> | source 0")
    let tokens = try Vocabulary.prompt("a chinchilla eating").words[1].tokens.count
    #expect(tokens > 1)
    #expect(rows.count { $0.hasSuffix("| source 2, 1/\(tokens) each") } == tokens)
  }

  @Test func droppedWordsAndSinglePrompts() throws {
    let rows = try table("a red cat", "a cat")
    #expect(rows.contains("2 red | - | "))
    let single = try AlignmentTable(
      Vocabulary.prompt("a cat"), tokenizer: Vocabulary.clip.get())
    #expect(single.method == nil)
    #expect(single.rows.map { $0.source?.text } == ["<bos>", "a", "cat", "<eos>"])
  }

  /// Every token of both prompts stands in one row.
  @Test func nothingIsLostOrTwice() throws {
    for (source, edit) in [
      ("a red fluffy cat on a mat", "a cat"), ("soup", "pea soup with croutons"), ("", "a b"),
      ("a b c", "c b a"), ("one two", ""),
    ] {
      for method in [EditMethod.auto, .refine] {
        let (from, to) = (try Vocabulary.prompt(source), try Vocabulary.prompt(edit))
        let table = try AlignmentTable(
          source: from, edit: to, method: method, tokenizer: Vocabulary.clip.get())
        #expect(table.rows.compactMap { $0.source?.index } == Array(0...from.end))
        #expect(table.rows.compactMap { $0.edit?.index } == Array(0...to.end))
      }
    }
  }
}
