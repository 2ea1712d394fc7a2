import EditJobs
import Files
import Planner
import Testing
import TestInstruments

@Suite struct SweepFileTests {
  private let crown = """
    sweep: crown
    model: sd15
    prompt: a cat wearing a crown
    to: a fox wearing a crown
    seed: 8888
    steps: 50
    axes:
      tau: 0..1:0.25
      "w:crown": [0.5, 1, 2]
    """

  @Test func readsASweep() throws {
    let request = try SweepFile.request(yaml: crown, file: "crown.yaml")
    #expect(request.name == "crown")
    #expect(request.models == ["sd15"])
    #expect(request.axes.map(\.kind.name) == ["tau", "w:crown"])
    #expect(request.axes.map(\.count) == [5, 3])
    let flags = try PlannedSweep.request(
      ("to", "a fox wearing a crown"), ("seed", "8888"), ("steps", "50"), ("name", "crown"),
      ("tau", "0..1:0.25"), ("w:crown", "0.5,1,2"))
    #expect(
      try PlannedSweep.expand(request).submission.requestHash
        == PlannedSweep.expand(flags).submission.requestHash)
  }

  @Test func jsonIsYAML() throws {
    let request = try SweepFile.request(
      yaml: """
        {"sweep": "crown", "prompt": "a cat", "seed": 3, "axes": {"tau": ["0", 0.5, [0.2, "12s"]],
        "to": ["a dog, sitting", "a caf\\u00e9 \\ud83d\\ude00 \\\\ud83d"]}}
        """, file: "crown.json")
    let axes = try PlannedSweep.expand(request).submission.axes
    #expect(axes[0].values == ["0", "0.5", "[0.2,12s]"])
    #expect(axes[1].values == ["a dog, sitting", "a café 😀 \\ud83d"])
  }

  /// Scalars are texts: YAML's own readings of them would be other values.
  @Test func scalarsAreTexts() throws {
    let request = try SweepFile.request(
      yaml: """
        prompt: yes
        negative: 2001-01-01
        seed: 012
        name: on
        axes:
          to: [no, 1:30, 'a # b', 'null']
          "tau": "[0.2,0.8]"
        """, file: "f")
    #expect(request.prompt == "yes")
    #expect(request.name == "on")
    let submission = try PlannedSweep.expand(request).submission
    #expect(submission.axes[0].values == ["no", "1:30", "a # b", "null"])
    #expect(submission.axes[1].values == ["[0.2,0.8]"])
    #expect(submission.sources[0].spec.seed == 12)
    #expect(submission.sources[0].spec.negative == "2001-01-01")
    for scalar in ["1_000", "0x10", "1:30", "1e3", ".inf", ".nan", "'~'", "true", "''"] {
      #expect(throws: EditError.self, "\(scalar)") {
        try SweepFile.request(yaml: "prompt: a\nseed: \(scalar)", file: "f")
      }
    }
  }

  private func error(_ yaml: String) throws -> EditError {
    try Vocabulary.error { _ = try SweepFile.request(yaml: yaml, file: "crown.yaml") }
  }

  @Test func errorsSayWhere() throws {
    let outside = try error(crown.replacing("0..1:0.25", with: "0..1.25:0.25"))
    #expect(outside.what == "crown.yaml:8:8: tau is outside 0…1: 1.25")
    #expect(outside.details == ["  8 |   tau: 0..1.25:0.25", "    |        ^"])
    #expect(outside.hint == "a count of steps is written 12s")

    let axis = try error(crown.replacing("\"w:crown\"", with: "guidance"))
    #expect(axis.what == "crown.yaml:9:3: unknown axis \"guidance\". Did you mean cfg?")
    let key = try error(crown.replacing("steps: 50", with: "stesp: 50"))
    #expect(key.what == "crown.yaml:6:1: unknown setting \"stesp\". Did you mean steps?")
    let item = try error(crown.replacing("[0.5, 1, 2]", with: "[0.5, 1, 2s]"))
    #expect(item.what.hasPrefix("crown.yaml:9:23: w:crown"))
    #expect(try error(crown.replacing("0..1:0.25", with: "[]")).code == "empty-grid")
  }

  @Test func errorsThatNeedAModelSayWhereToo() throws {
    for (old, new, start) in [
      ("w:crown", "w:crwon", "crown.yaml:9:3: \"crwon\" is not in the edit prompt"),
      ("0..1:0.25", "60s", "crown.yaml:8:3: tau is outside the run of 50 steps"),
      ("seed: 8888", "size: 500", "crown.yaml:5:7: 500×500 is not a legal size"),
      ("seed: 8888", "method: none", "crown.yaml:5:1: method none needs equal prompts"),
    ] {
      let request = try SweepFile.request(
        yaml: crown.replacing(old, with: new), file: "crown.yaml")
      let error = try Vocabulary.error { _ = try PlannedSweep.expand(request) }
      #expect(error.what.hasPrefix(start), "\(error.what)")
      #expect(error.details.contains { $0.hasSuffix("^") })
    }
  }

  @Test func allErrorsAreToldTenAtMost() throws {
    let two = try error("stesp: 1\nprompt: a\nseed: x\n")
    #expect(two.what.hasPrefix("crown.yaml:1:1:"))
    #expect(two.details.contains { $0.hasPrefix("crown.yaml:3:7:") })
    let many = try error((1...14).map { "nothing\($0): 1" }.joined(separator: "\n"))
    #expect(many.details.count { $0.hasPrefix("crown.yaml:") } == 9)
    #expect(many.details.last == "and 4 more")
  }

  @Test func brokenFilesAreErrors() throws {
    #expect(try error("prompt: a\n  tau: 0").what.hasPrefix("crown.yaml:2:"))
    #expect(try error("prompt: @3").what.hasPrefix("crown.yaml:1:9: not YAML"))
    #expect(
      try error("seed: 1\naxes:\n  tau: 0\n  \"tau\": 1").what
        == "crown.yaml:4:3: \"tau\" stands twice in one place")
    for yaml in [
      "", "# nothing", "- a", "just a text", "axes: 3", "axes: {tau: {a: b}}", "prompt: [a]",
      "axes: {seed: [[1, 2]]}", "a: b\n---\nc: d", "prompt: \"\\ud800\"", "? [a]\n: b",
      "prompt: *x",
      "zip: []", "exclude: []", "zip: [{}]", "exclude: {}", "zip: 3", "exclude: [tau]",
      "zip: [{tau: [0, 1], seed: [1]}]", "zip: [{tau: []}]", "exclude: [{tau: 2}]",
      "zip: [{size: [1, 2]}]", "tau: 0.5\nzip: [{tau: [0, 1], seed: [1, 2]}]",
      "zip: [{tau: [0, 1], seed: [1, 2]}]\ntau: 0.5", String(repeating: "[", count: 20_000),
      String(repeating: "x", count: 2_000_000),
    ] {
      #expect(throws: EditError.self, "\(yaml.prefix(40))") {
        try SweepFile.request(yaml: yaml, file: "f")
      }
    }
  }

  /// Nine levels of nine references would be 387 420 489 values.
  @Test func aliasesDoNotGrow() throws {
    func seconds(levels: Int) throws -> Double {
      var yaml = "axes:\n  tau: &a0 [0, 0, 0, 0, 0, 0, 0, 0, 0]\n"
      for level in 1...levels {
        let references = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
        yaml += "x\(level): &a\(level) [\(references)]\n"
      }
      return try ThreadClock.measure { _ = try error(yaml + "seed: *a\(levels)\n") }
    }
    // Grown, nine levels are half a million times three.
    let (three, nine) = (try seconds(levels: 3), try seconds(levels: 9))
    #expect(nine < 100 * three, "\(three) s and \(nine) s")
  }

  @Test func aFlagReplacesWhatTheFileSays() throws {
    var request = try SweepFile.request(yaml: crown, file: "crown.yaml")
    request.clear("tau")
    try request.set("tau", to: "0.5")
    #expect(request.axes.map(\.kind.name) == ["w:crown"])
  }

  @Test func windowsOfWords() throws {
    let request = try SweepFile.request(
      yaml: "prompt: a cat\nto: a fox\ntau_words: {fox: 0.2}\n", file: "f")
    let edit = try PlannedSweep.expand(request).submission.variants[0].edit
    #expect(edit.crossTokens == [.init(token: 2, window: StepWindow(0, 10))])
    let axis = try SweepFile.request(
      yaml: "prompt: a cat\nto: a fox\ntau_words: {fox: \"0.2,0.3\"}\n", file: "f")
    #expect(axis.axes.map(\.kind.name) == ["tau:fox"])
  }
}
