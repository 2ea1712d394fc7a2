import EditJobs
import Files
import PromptAlignment
import Testing
import TestInstruments

@Suite struct ResolvedEditTests {
  private let cat = "a cat wearing a crown"
  private let fox = "a fox wearing a crown"

  private func resolve(
    _ spec: EditSpec, source: String = "a cat wearing a crown", steps: Int = 50
  ) throws -> ResolvedEdit {
    try spec.resolved(
      source: Vocabulary.prompt(source), tokenizer: Vocabulary.clip.get(), steps: steps)
  }

  @Test func autoChoosesByWordCounts() throws {
    #expect(try resolve(EditSpec(prompt: fox)).method == .replace)
    #expect(try resolve(EditSpec(prompt: "a fox wearing a golden crown")).method == .refine)
    #expect(try resolve(EditSpec(prompt: fox, method: .refine)).method == .refine)
    let error = try Vocabulary.error {
      _ = try resolve(EditSpec(prompt: "a cat", method: .replace))
    }
    #expect(error.code == "replace-word-counts")
    #expect(error.what == "replace needs equal word counts: 5 and 2")
    #expect(
      try Vocabulary.error { _ = try resolve(EditSpec(prompt: fox, method: .none)) }.code
        == "none-prompts")
    #expect(try resolve(EditSpec(prompt: " a cat  wearing a crown", method: .none)).method == .none)
  }

  @Test func wordsBecomeTokens() throws {
    let edit = try resolve(
      EditSpec(
        prompt: fox, tauWords: ["fox": Window(to: .fraction(0.2))], weights: ["a": 2, "crown": -1]))
    #expect(edit.crossTokens == [.init(token: 2, window: StepWindow(0, 10))])
    #expect(edit.weights.map(\.token) == [1, 4, 5])
    #expect(edit.weights.map(\.value) == [2, 2, -1])
    #expect(edit.weights.allSatisfy { $0.window == StepWindow(0, 50) })
    #expect(edit.cross == StepWindow(0, 40))
    #expect(edit.selfWindow == StepWindow(0, 20))
  }

  @Test func weightsThatChangeNothingAreDropped() throws {
    #expect(try resolve(EditSpec(prompt: fox, weights: ["crown": 1])).weights.isEmpty)
    #expect(
      try resolve(EditSpec(prompt: fox, weights: ["crown": 2], weightWindow: .empty)).weights
        .isEmpty
    )
    let zero = try resolve(EditSpec(prompt: fox, weights: ["crown": -0.0])).weights.first?.value
    #expect(zero?.sign == .plus)
  }

  @Test func twoNamesOfOneWordMustAgree() throws {
    #expect(try resolve(EditSpec(prompt: fox, weights: ["a": 2, "a#2": 2])).weights.count == 2)
    let error = try Vocabulary.error {
      _ = try resolve(EditSpec(prompt: fox, weights: ["a": 2, "a#2": 3]))
    }
    #expect(error.code == "words-overlap")
    #expect(error.what.contains("\"a\" and \"a#2\""))
    #expect(
      try Vocabulary.error {
        _ = try resolve(
          EditSpec(prompt: fox, tauWords: ["@2": .empty, "fox": .whole]))
      }.code == "words-overlap")
  }

  @Test func illegalNumbersAreErrors() throws {
    for value in [Double.nan, .infinity, -.infinity] {
      let error = try Vocabulary.error {
        _ = try resolve(EditSpec(prompt: fox, weights: ["crown": value]))
      }
      #expect(error.code == "not-finite")
      #expect(error.what.contains("w:crown"))
    }
    for window in [
      Window(to: .fraction(1.25)), Window(to: .fraction(-0.1)), Window(to: .fraction(.nan)),
      Window(to: .steps(51)), Window(from: .fraction(0.5), to: .fraction(0.2)),
    ] {
      for spec in [
        EditSpec(prompt: fox, tau: window), EditSpec(prompt: fox, selfTau: window),
        EditSpec(prompt: fox, tauWords: ["fox": window]),
      ] {
        let error = try Vocabulary.error { _ = try resolve(spec) }
        #expect(["window-outside", "window-reversed"].contains(error.code), "\(window)")
      }
    }
  }

  /// Nothing that is written of a variant may differ where keys are equal.
  @Test(arguments: SeededRandom.seeds(3..<4))
  func equalKeysAreEqualEdits(seed: UInt64) throws {
    var generator = SeededRandom(seed: seed)
    let source = Key(Digest(of: "source".utf8))
    var edits: [Key: ResolvedEdit] = [:]
    var shared = 0
    let prompts = [cat, fox, "a cat wearing a golden crown"]
    let bounds: [Window.Bound] = [.fraction(0), .fraction(0.25), .steps(1), .fraction(1)]
    for _ in 0..<2000 {
      func window() -> Window {
        let ends = [
          Int.random(in: 0...3, using: &generator), Int.random(in: 0...3, using: &generator),
        ]
        return Window(from: bounds[ends.min() ?? 0], to: bounds[ends.max() ?? 0])
      }
      var spec = EditSpec(prompt: prompts.randomElement(using: &generator) ?? cat)
      spec.method = [.auto, .refine].randomElement(using: &generator) ?? .auto
      (spec.tau, spec.selfTau, spec.weightWindow) = (window(), window(), window())
      if Bool.random(using: &generator) { spec.tauWords["crown"] = window() }
      if Bool.random(using: &generator) {
        spec.weights["crown"] = [0, -0.0, 1, 2].randomElement(using: &generator)
      }
      if Bool.random(using: &generator) {
        spec.blend = BlendSpec(
          words: .init(
            source: ["cat"],
            edit: [["crown"], ["@1"], []][Int.random(in: 0...2, using: &generator)]),
          substract: .init(edit: Bool.random(using: &generator) ? ["crown"] : []),
          threshold: [0, -0.0].randomElement(using: &generator) ?? 0,
          substractThreshold: [0.3, 0.5].randomElement(using: &generator) ?? 0,
          start: bounds.randomElement(using: &generator) ?? .fraction(0))
      }
      if Int.random(in: 0...3, using: &generator) == 0 { spec.compat = .google }
      let edit = try resolve(spec, steps: 4)
      let key = edit.key(source: source)
      if let other = edits[key] {
        #expect(other == edit)
        shared += 1
      }
      edits[key] = edit
    }
    #expect(shared > 100)
  }
}
