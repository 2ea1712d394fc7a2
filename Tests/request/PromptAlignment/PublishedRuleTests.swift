import EditJobs
import Files
import PromptAlignment
import Testing

/// `compat: google`: the original code's windows, mappers and weight gate.
@Suite struct PublishedRuleTests {
  private func resolve(
    _ spec: EditSpec, source: String = "a cat wearing a crown", steps: Int = 50
  ) throws -> ResolvedEdit {
    var spec = spec
    spec.compat = .google
    return try spec.resolved(
      source: Vocabulary.prompt(source), tokenizer: Vocabulary.clip.get(), steps: steps)
  }

  @Test func windowsAreCutAsPublished() throws {
    for golden in try Vocabulary.golden("alignment.json", as: AlignmentTests.Golden.self).windows {
      let window = Window(to: .fraction(golden.fraction))
      let edit = try resolve(
        EditSpec(
          prompt: "a fox wearing a crown", tau: window, tauWords: ["fox": .whole], selfTau: window),
        steps: golden.steps)
      let what = "\(golden.fraction) of \(golden.steps)"
      // The whole run is one step more there, which no step is.
      let cross = min(golden.google_cross, golden.steps)
      #expect(edit.cross == StepWindow(0, cross), "\(what), cross")
      #expect(edit.selfWindow == StepWindow(0, golden.google_self), "\(what), self")
      let own = edit.crossTokens.map(\.window)
      #expect(own == (cross == golden.steps ? [] : [StepWindow(0, golden.steps)]), "\(what), word")
    }
    let counted = try resolve(
      EditSpec(prompt: "a fox", tau: Window(to: .steps(7)), selfTau: Window(to: .steps(3))))
    #expect((counted.cross.to, counted.selfWindow.to) == (7, 3))
    #expect(
      try Vocabulary.error {
        _ = try resolve(EditSpec(prompt: "a fox", tau: Window(to: .fraction(1.01))))
      }.code == "window-outside")
  }

  @Test func weightsActInsideTheWindowAlone() throws {
    let edit = try resolve(
      EditSpec(
        prompt: "a fox wearing a crown", tau: Window(to: .steps(30)),
        tauWords: ["fox": Window(from: .steps(5), to: .steps(9)), "wearing": .empty],
        weights: ["fox": 2, "crown": 3, "wearing": 4],
        weightWindow: Window(from: .steps(7), to: .fraction(1))))
    #expect(edit.weights.map(\.token) == [2, 5])
    #expect(edit.weights.map(\.window) == [StepWindow(7, 9), StepWindow(7, 30)])
  }

  @Test func itIsPartOfTheKey() throws {
    let source = Key(Digest(of: "source".utf8))
    let spec = EditSpec(prompt: "a fox wearing a crown", tau: Window(to: .steps(4)))
    let published = try resolve(spec)
    let ours = try spec.resolved(
      source: Vocabulary.prompt("a cat wearing a crown"), tokenizer: Vocabulary.clip.get(),
      steps: 50)
    #expect(published.compat == .google && ours.compat == nil)
    #expect(published.cross == ours.cross)
    #expect(published.key(source: source) != ours.key(source: source))
  }

  /// What follows the last changed word takes the source's token of the same number, right or wrong.
  @Test func mappersFollowTheTargetAfterTheLastChangedWord() throws {
    let edit = try resolve(
      EditSpec(prompt: "a chinchilla wearing a crown"), source: "a cat wearing a crown")
    guard case .replace(let columns) = edit.mapper else {
      Issue.record("not a replace: \(edit.mapper)")
      return
    }
    let own = try Vocabulary.prompt("a chinchilla wearing a crown").words[1].tokens
    #expect(own.count > 1)
    for token in own { #expect(columns[token].map(\.token) == [2]) }
    for token in own.upperBound..<77 { #expect(columns[token].map(\.token) == [token]) }
    // The other way round the target's last tokens have none to take from.
    let back = try resolve(
      EditSpec(prompt: "a cat wearing a crown"), source: "a chinchilla wearing a crown")
    guard case .replace(let columns) = back.mapper else {
      Issue.record("not a replace: \(back.mapper)")
      return
    }
    let missing = own.count - 1
    #expect(columns.suffix(missing).allSatisfy { $0.isEmpty })
    #expect(columns.dropLast(missing).allSatisfy { !$0.isEmpty })
  }
}
