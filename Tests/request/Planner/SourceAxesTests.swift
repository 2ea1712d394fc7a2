import EditJobs
import Files
import Planner
import Testing

/// Axes whose values are other sources.
@Suite struct SourceAxesTests {
  private func expand(_ settings: (String, String)...) throws -> SweepExpansion {
    var request = try PlannedSweep.request(("to", "a fox wearing a crown"))
    for (name, value) in settings { try request.set(name, to: value) }
    return try PlannedSweep.expand(request)
  }

  @Test func eachValueIsASource() throws {
    let submission = try expand(
      ("tau", "0,1"), ("steps", "20,50"), ("sampler", "ddim,euler"), ("cfg", "1,7.5"),
      ("negative", "|| blurry"), ("seed", "1,2")
    ).submission
    #expect(submission.sources.count == 32)
    #expect(submission.cells.count { $0.role == .cell } == 64)
    #expect(submission.cells.count { $0.role == .reprompt } == 32)
    #expect(
      Set(submission.cells.map { [$0.page, $0.row, $0.column] + [$0.role == .cell ? 0 : 1] })
        .count == 96)
    let specs = submission.sources.map(\.spec)
    #expect(Set(specs.map(\.sampler)) == [.ddim, .euler])
    #expect(Set(specs.map(\.negative)) == ["", "blurry"])
    #expect(Set(specs.map(\.guidance)) == [1, 7.5])
    let sources = Set(submission.sources.map(\.key))
    #expect(submission.variants.allSatisfy { sources.contains($0.source) })
    // Coordinates of re-prompts name their source and are one each.
    let plain = submission.cells.filter { $0.role == .reprompt }.map(\.coordinates)
    #expect(Set(plain).count == 32)
    #expect(
      plain.allSatisfy {
        $0.map(\.axis) == ["cfg", "negative", "sampler", "seed", "steps"]
      })
  }

  /// A window is resolved for the run that it is in.
  @Test func windowsFollowTheSteps() throws {
    let submission = try expand(("tau", "0.5,12s"), ("steps", "20,50")).submission
    let steps = Dictionary(
      submission.sources.map { ($0.key, $0.spec.steps) }, uniquingKeysWith: { first, _ in first })
    let cells = submission.cells.filter { $0.role == .cell }
    let edits = try cells.map { cell in
      try #require(submission.variants.first { $0.key == cell.variant })
    }
    #expect(edits.map(\.edit.cross.to) == [10, 12, 25, 12])
    #expect(edits.map(\.edit.steps) == [20, 20, 50, 50])
    #expect(edits.allSatisfy { steps[$0.source] == $0.edit.steps })
    let outside = try Vocabulary.error { _ = try expand(("tau", "30s"), ("steps", "20,50")) }
    #expect(outside.code == "window-outside")
  }

  @Test func oneValueIsASettingAndKeepsItsHash() throws {
    let one = try expand(("steps", "20"), ("sampler", "DDIM"), ("cfg", "7.50"))
    #expect(one.submission.axes.isEmpty)
    #expect(one.submission.sources[0].spec.steps == 20)
    let same = try expand(("steps", "20"))
    #expect(one.submission.requestHash == same.submission.requestHash)
    #expect(try expand(("steps", "21")).submission.requestHash != same.submission.requestHash)
  }

  @Test func severalModels() throws {
    let request = try PlannedSweep.request(
      ("to", "a fox wearing a crown"), ("tau", "0,1"), ("model", "small || large || alias"))
    var asked: [String?] = []
    let submission = try SweepExpansion(request) { name throws(EditError) in
      asked.append(name)
      var facts = PlannedSweep.facts
      facts.digest = Digest(of: (name == "large" ? "large" : "small").utf8)
      if name == "large" { (facts.defaultWidth, facts.defaultHeight) = (768, 640) }
      facts.multiplyAdds = name == "large" ? 1000 : 1
      guard let tokenizer = try? Vocabulary.clip.get() else {
        throw EditError("no-tokenizer", .software, "no tokenizer")
      }
      return PlannedModel(facts: facts, folder: "/models/\(name ?? "")", tokenizer: tokenizer)
    }.submission
    #expect(asked == ["small", "large", "alias"])
    #expect(submission.models.map(\.folder) == ["/models/small", "/models/large"])
    #expect(submission.sources.map(\.spec.width) == [512, 768])
    #expect(submission.axes.last?.values == ["small", "large", "alias"])
    #expect(submission.cells.count { $0.role == .cell } == 6)
    // A folder of the same files is the same model: its cells show the same variants.
    #expect(submission.variants.count == 6)
    let estimate = SweepEstimate(submission)
    #expect(estimate.multiplyAdds == 4 * 100 * 1001)
    #expect(estimate.evaluationsByModel.values.sorted() == [400, 400])
  }

  @Test func blendIsAnAxis() throws {
    let request = try PlannedSweep.request(
      ("to", "a fox wearing a crown"), ("blend", "none || cat -> fox"),
      ("blend_threshold", "0.4"), ("blend_subtract_threshold", "0.5"),
      ("blend_start", "12s"), ("blend_substract", "crown"))
    let submission = try PlannedSweep.expand(request).submission
    #expect(submission.axes == [SweepAxis(name: "blend", values: ["none", "cat -> fox"])])
    let blends = submission.variants.prefix(2).map(\.edit.blend)
    #expect(blends[0] == nil)
    #expect(
      blends[1]
        == ResolvedBlend(
          source: [2], edit: [2], substractSource: [5], substractEdit: [5], threshold: 0.4,
          substractThreshold: 0.5, start: 12))
    #expect(submission.cells[1].label == "blend cat -> fox")
    let word = try Vocabulary.error {
      _ = try PlannedSweep.expand(PlannedSweep.request(("blend", "dog")))
    }
    #expect(word.code == "word-not-found")
    let alone = try Vocabulary.error {
      _ = try PlannedSweep.expand(PlannedSweep.request(("blend_start", "0.5")))
    }
    #expect(alone.code == "blend-missing")
  }

  @Test func compatIsASetting() throws {
    let request = try PlannedSweep.request(
      ("to", "a fox wearing a crown"), ("tau", "0.5"), ("compat", "google"))
    let edit = try PlannedSweep.expand(request).submission.variants[0].edit
    #expect(edit.compat == .google)
    // int(0.5 · 51)
    #expect(edit.cross == StepWindow(0, 25))
  }
}
