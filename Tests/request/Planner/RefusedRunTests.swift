import EditJobs
import Files
import Planner
import PromptAlignment
import Testing

/// What a worker would refuse is refused when it is asked for, by whatever way it comes; what is good
/// in each cell is not refused for a cell that is not there.
@Suite struct RefusedRunTests {
  private static let facts: ModelFacts = {
    var facts = PlannedSweep.facts
    facts.possibleSteps = [
      "ddim": [StepWindow(1, 1000)], "pndm": [StepWindow(1, 1000)],
      "euler": [StepWindow(1, 1001)], "dpmpp_2m": [StepWindow(1, 500), StepWindow(600, 999)],
    ]
    facts.sites = [
      .init(
        name: AttentionSite(stage: .down, index: 0, kind: .selfAttention), rows: 32, columns: 32,
        heads: 8, keys: 1024),
      .init(
        name: AttentionSite(stage: .down, index: 0, kind: .cross), rows: 32, columns: 32, heads: 8,
        keys: 77),
      .init(
        name: AttentionSite(stage: .mid, index: 0, kind: .selfAttention), rows: 8, columns: 8,
        heads: 8, keys: 64),
      .init(
        name: AttentionSite(stage: .mid, index: 0, kind: .cross), rows: 8, columns: 8, heads: 8,
        keys: 77),
    ]
    return facts
  }()

  private static let bad: [(settings: [(String, String)], code: String, hint: String?)] = [
    ([("steps", "1000")], "steps-impossible", "--steps 999"),
    ([("steps", "999"), ("sampler", "dpmpp_2m")], "steps-impossible", "--steps 998"),
    ([("steps", "550"), ("sampler", "dpmpp_2m")], "steps-impossible", "--steps 600"),
    ([("steps", "20,1000"), ("sampler", "ddim,euler")], "steps-impossible", "--steps 999"),
    ([("tau", "0"), ("self_max", "7")], "nothing-to-inject", "--self-max 8"),
    ([("tau", "0.4"), ("self_max", "7,8"), ("tau", "0")], "nothing-to-inject", "--self-max 8"),
    ([("size", "100x512")], "size-illegal", "--size 128x512"),
    ([("tau", "60s")], "window-outside", nil),
    ([("self_tau", "[0.8,0.2]")], "window-reversed", nil),
    ([("w:crown", "2@[0.8,0.2]")], "window-reversed", nil),
    ([("blend", "cat -> cat"), ("blend_start", "51s")], "window-outside", nil),
  ]

  @Test(arguments: bad.indices) func isRefusedInEveryForm(_ index: Int) throws {
    let (settings, code, hint) = Self.bad[index]
    func check(_ request: () throws -> SweepRequest) throws {
      let error = try Vocabulary.error {
        _ = try PlannedSweep.expand(request(), facts: Self.facts)
      }
      #expect(error.code == code && error.status == .data, "\(settings): \(error)")
      if let hint { #expect(error.hint == hint, "\(settings)") }
    }
    try check {
      var request = try PlannedSweep.request()
      for (name, value) in settings { try request.set(name, to: value) }
      return request
    }
    let names = Set(settings.map(\.0)).sorted()
    let lines = names.map { name in
      let values = settings.filter { $0.0 == name }.map { "\"\($0.1)\"" }
      return "\"\(name)\": [\(values.joined(separator: ", "))]"
    }
    let isOption = names.contains("size")
    try check {
      try SweepFile.request(
        yaml: "prompt: a cat wearing a crown\n"
          + (isOption
          ? settings.map { "\($0.0): \($0.1)" } : lines).joined(separator: "\n") + "\n",
        file: "f.yaml")
    }
    guard !isOption else { return }
    try check {
      try SweepFile.request(
        yaml:
          "{\"prompt\": \"a cat wearing a crown\", \"axes\": {\(lines.joined(separator: ", "))}}",
        file: "f.json")
    }
  }

  @Test func aFileSaysWhere() throws {
    for (line, place) in [("steps: 1000", 3), ("sampler: ddim\nsteps: 1000", 4)] {
      let request = try SweepFile.request(
        yaml: "prompt: a cat wearing a crown\ntau: 0.5\n\(line)\n", file: "f.yaml")
      let error = try Vocabulary.error {
        _ = try PlannedSweep.expand(request, facts: Self.facts)
      }
      #expect(error.what.hasPrefix("f.yaml:\(place):1: 1000 steps are not possible"), "\(error)")
    }
  }

  /// Facts that were written down before say nothing of steps.
  @Test func whatIsPossibleIsTaken() throws {
    for (settings, facts) in [
      ([("steps", "1000")], PlannedSweep.facts), ([("steps", "999")], Self.facts),
      ([("steps", "1000"), ("sampler", "euler")], Self.facts),
      ([("tau", "0"), ("self_max", "8")], Self.facts), ([("self_max", "7")], Self.facts),
      ([("tau", "0"), ("self_tau", "0"), ("self_max", "7")], Self.facts),
    ] {
      var request = try PlannedSweep.request()
      for (name, value) in settings { try request.set(name, to: value) }
      #expect(throws: Never.self, "\(settings)") { try PlannedSweep.expand(request, facts: facts) }
    }
  }

  /// Values that are wrong beside another one are no fault where they never meet.
  @Test func cellsAreCheckedAndNotSettings() throws {
    let zipped = try SweepFile.request(
      yaml: "prompt: a cat wearing a crown\nzip: {steps: [10, 20], tau: [8s, 16s]}\n", file: "f")
    #expect(try PlannedSweep.expand(zipped).submission.variants.count == 2)
    let words = try SweepFile.request(
      yaml: """
        prompt: a cat wearing a crown
        zip: {to: [a red cat, a blue cat], "w:red": [2, default], "w:blue": [default, 3]}
        reprompt: false
        """, file: "f")
    let weights = try PlannedSweep.expand(words).submission.variants.map(\.edit.weights)
    #expect(weights.map { $0.map(\.value) } == [[2], [3]])
    let excluded = try SweepFile.request(
      yaml: """
        prompt: a cat wearing a crown
        axes: {steps: [10, 20], tau: [8s, 16s]}
        exclude: [{steps: 10, tau: 16s}]
        """, file: "f")
    #expect(try PlannedSweep.expand(excluded).submission.variants.count == 3)
  }

  @Test(arguments: [
    "prompt", "to", "negative", "model", "image", "blend", "blend_subtract", "key", "name",
    "w:a\\0b", "tau:a\\0b",
  ])
  func aNULIsNoText(_ name: String) throws {
    let value = name.hasPrefix("w:") || name.hasPrefix("tau:") ? "0.5" : "a\\0b"
    let error = try Vocabulary.error {
      _ = try SweepFile.request(yaml: "\"\(name)\": \"\(value)\"\n", file: "f.yaml")
    }
    #expect(error.what.hasPrefix("f.yaml:1:"), "\(error)")
    #expect(error.what.contains("NUL") || name == "name", "\(error)")
    for block in [
      "axes: {to: [\"a\\0\"]}", "zip: [{to: [a, \"b\\0\"], tau: [0, 1]}]",
      "exclude: [{to: \"a\\0\"}]", "tau_words: {\"a\\0\": 1}",
    ] {
      #expect(throws: EditError.self, "\(block)") {
        try SweepFile.request(yaml: "prompt: a\n\(block)\n", file: "f")
      }
    }
  }
}
