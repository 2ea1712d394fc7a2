import EditJobs
import PromptAlignment
import Testing

@Suite struct KeyTests {
  static func source(_ change: (inout SourceSpec) -> Void = { _ in }) -> SourceSpec {
    var spec = SourceSpec(
      model: Digest(of: "model".utf8), prompt: "a cat wearing a crown", seed: 8888, steps: 50,
      guidance: 7.5, width: 512, height: 512)
    change(&spec)
    return spec
  }

  private func edit(_ spec: EditSpec, steps: Int = 50) throws -> ResolvedEdit {
    try spec.resolved(
      source: Vocabulary.prompt("a cat wearing a crown"), tokenizer: Vocabulary.clip.get(),
      steps: steps)
  }

  /// Keys name folders that people keep for years: a change here orphans every one of them.
  @Test func keysArePinned() throws {
    let source = Self.source { $0.numerics.revision = 1 }.key
    #expect(
      source.description == "43d43005b1dae3fc311e09355ed3fbcd7d2b4d8469d492df9c2a5b6fcda59999")
    let variant = try edit(
      EditSpec(
        prompt: "a fox wearing a golden crown", tauWords: ["fox": Window(to: .fraction(0.2))],
        weights: ["crown": 2])
    ).key(source: source)
    #expect(
      variant.description == "2231d9fa195d24f5b51d800adb33bd51da18c29d8283d49899b8cd52894f60bc")
  }

  @Test func everyPartOfASourceIsInItsKey() {
    let changes: [(inout SourceSpec) -> Void] = [
      { _ in }, { $0.model = Digest(of: "other".utf8) }, { $0.prompt = "a cat" },
      { $0.negative = "blurry" }, { $0.seed = 1 }, { $0.steps = 49 }, { $0.guidance = 7 },
      { $0.width = 448 }, { $0.height = 448 }, { $0.maps = .f32 }, { $0.selfMax = 32 },
      { $0.compute = .bf16 },
      { $0.numerics.mode = .native }, { $0.numerics.revision += 1 },
      { $0.numerics.kernels = "zen4" }, { ($0.prompt, $0.negative) = ("x\nnegative=y", "") },
      { ($0.prompt, $0.negative) = ("x", "y") },
      { $0.photograph = Photograph(image: Digest(of: "a".utf8)) },
      { $0.photograph = Photograph(image: Digest(of: "b".utf8)) },
      { $0.photograph = Photograph(image: Digest(of: "a".utf8), inversion: .negativePrompt) },
    ]
    #expect(Set(changes.map { Self.source($0).key }).count == changes.count)
  }

  @Test func numericsAreSaidInOneLine() {
    #expect(Numerics(revision: 7).text == "portable 7")
    #expect(Numerics(revision: 7).fingerprint(.f32) == "portable 7")
    #expect(
      Numerics(mode: .native, revision: 7, kernels: "A 1 B").fingerprint(.bf16)
        == "native 7 A 1 B bf16")
  }

  @Test func windowsThatResolveAlikeAreOneVariant() throws {
    let source = Self.source().key
    func key(_ tau: Double, steps: Int = 50) throws -> Key {
      try edit(
        EditSpec(prompt: "a fox wearing a crown", tau: Window(to: .fraction(tau))), steps: steps
      )
      .key(source: source)
    }
    #expect(try key(0.25) == key(0.251))
    #expect(try key(0.25) != key(0.27))
    #expect(
      try key(0.58)
        == edit(
          EditSpec(prompt: "a fox wearing a crown", tau: Window(to: .steps(29)))
        ).key(source: source))
  }

  /// Two variants that differ in the end of a window agree in what acts until the earlier end.
  @Test func signaturesShareTheirPrefix() throws {
    let short = try edit(
      EditSpec(prompt: "a fox wearing a crown", tau: Window(to: .steps(10)), weights: ["crown": 2]))
    var long = short
    long.cross.to = 30
    for step in 0..<10 {
      #expect(short.signatureText(step: step) == long.signatureText(step: step))
    }
    for step in 10..<30 {
      #expect(short.signatureText(step: step) != long.signatureText(step: step))
    }
    for step in 30..<50 {
      #expect(short.signatureText(step: step) == long.signatureText(step: step))
    }
    #expect(short.signatures.reduce(0) { $0 + $1.steps } == 50)
    #expect(short.signatures.count == 3)
  }

  @Test func anEditOfTheSourcesOwnPromptIsOneVariantByEveryMethod() throws {
    let source = Self.source().key
    let keys = try [EditMethod.auto, .replace, .refine, .none].map {
      try edit(EditSpec(prompt: "a cat wearing a crown", method: $0)).key(source: source)
    }
    #expect(Set(keys).count == 1)
  }
}
