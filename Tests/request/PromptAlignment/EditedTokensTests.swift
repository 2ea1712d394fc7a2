import EditJobs
import PromptAlignment
import Testing

/// Where two prompts differ, for measures.
@Suite struct EditedTokensTests {
  private func edited(_ source: String, _ edit: String) throws -> EditedTokens {
    EditedTokens(source: try Vocabulary.prompt(source), edit: try Vocabulary.prompt(edit))
  }

  @Test func aSwapIsItsTwoWords() throws {
    let tokens = try edited("a cat wearing a crown", "a fox wearing a crown")
    #expect((tokens.source, tokens.edit) == ([2], [2]))
    #expect(tokens.counterparts[2] == [.init(token: 2, share: 1)])
    #expect(tokens.counterparts[76] == [.init(token: 76, share: 1)])
  }

  @Test func anAddedWordHasNoCounterpart() throws {
    let tokens = try edited("a cat wearing a crown", "a cat wearing a golden crown")
    #expect((tokens.source, tokens.edit) == ([], [5]))
    #expect(tokens.counterparts[5].isEmpty)
    #expect(tokens.counterparts[6] == [.init(token: 5, share: 1)])
    let shorter = try edited("a cat wearing a golden crown", "a cat wearing a crown")
    #expect((shorter.source, shorter.edit) == ([5], []))
  }

  @Test func equalPromptsDifferNowhere() throws {
    let tokens = try edited("a cat", "a  cat")
    #expect(tokens.source.isEmpty && tokens.edit.isEmpty)
    #expect(tokens.counterparts.enumerated().allSatisfy { $1 == [.init(token: $0, share: 1)] })
  }
}
