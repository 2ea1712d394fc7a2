import EditJobs
import Files
import Planner
import Testing
import TestInstruments

@Suite struct ExpansionTests {
  private func crown() throws -> SweepExpansion {
    try PlannedSweep.expand(
      PlannedSweep.request(
        ("to", "a fox wearing a crown"), ("tau", "0..1:0.25"), ("w:crown", "0.5,1,2"),
        ("seed", "8888"),
        ("name", "crown")))
  }

  @Test func aGridOfTwoAxes() throws {
    let submission = try crown().submission
    #expect(submission.name == "crown")
    #expect(submission.axes.map(\.name) == ["tau", "w:crown"])
    #expect(submission.cells.count == 16)
    #expect(submission.variants.count == 16)
    #expect(submission.sources.count == 1)
    #expect(submission.sources[0].spec.seed == 8888)
    let cell = submission.cells[7]
    #expect((cell.row, cell.column, cell.page) == (1, 2, 0))
    #expect(
      cell.coordinates == [
        Coordinate(axis: "tau", value: "0.5"), Coordinate(axis: "w:crown", value: "1"),
      ])
    #expect(cell.label == "tau 0.5, w:crown 1")
    let reprompt = try #require(submission.cells.last)
    #expect(reprompt.role == .reprompt)
    let edit = try #require(submission.variants.first { $0.key == reprompt.variant }?.edit)
    #expect(!edit.injects)
    #expect(edit.weights.isEmpty)
  }

  @Test func everyCellPointsAtAVariantOfASource() throws {
    let request = try PlannedSweep.request(
      ("seed", "1..3"), ("to", "a fox wearing a crown || a cat"), ("tau", "0,1"),
      ("self_tau", "0,0.4,1"))
    let submission = try PlannedSweep.expand(request).submission
    let variants = Set(submission.variants.map(\.key))
    #expect(variants.count == submission.variants.count)
    #expect(Set(submission.cells.map(\.variant)) == variants)
    #expect(Set(submission.variants.map(\.source)) == Set(submission.sources.map(\.key)))
    #expect(submission.cells.count { $0.role == .cell } == 36)
    #expect(submission.cells.count { $0.role == .reprompt } == 6)
    #expect(Set(submission.cells.filter { $0.role == .cell }.map(\.coordinates)).count == 36)
    #expect(Set(submission.cells.map { [$0.page, $0.row, $0.column] }).count == 36)
    #expect(submission.cells.map(\.page).max() == 5)
    #expect(
      submission.cells.allSatisfy {
        $0.coordinates.map(\.axis) == $0.coordinates.map(\.axis).sorted()
      })
    // The cell with both windows empty is the plain re-prompt itself.
    let plain = submission.cells.filter { $0.role == .reprompt }.map(\.variant)
    #expect(submission.cells.count { $0.role == .cell && plain.contains($0.variant) } == 6)
  }

  @Test func defaultsAreThePublishedOnes() throws {
    let submission = try PlannedSweep.expand(
      PlannedSweep.request(("to", "a fox wearing a crown"))
    ).submission
    let spec = submission.sources[0].spec
    #expect((spec.steps, spec.guidance, spec.seed) == (50, 7.5, 0))
    #expect((spec.width, spec.height) == (512, 512))
    #expect(spec.maps == .f16)
    let edit = submission.variants[0].edit
    #expect(edit.cross == StepWindow(0, 40))
    #expect(edit.selfWindow == StepWindow(0, 20))
    #expect(submission.axes.isEmpty)
    #expect(submission.name == "a-fox-wearing-a-crown")
    #expect(submission.cells.map(\.role) == [.cell, .reprompt])
  }

  @Test func withoutAnEditPromptTheSourcesOwnIsEdited() throws {
    let submission = try PlannedSweep.expand(
      PlannedSweep.request(("w:crown", "-2..2:1"))
    ).submission
    #expect(submission.variants.allSatisfy { $0.edit.prompt == "a cat wearing a crown" })
    #expect(submission.cells.count == 5)
    #expect(submission.cells.allSatisfy { $0.role == .cell })
  }

  @Test func valuesThatResolveAlikeShareAVariant() throws {
    let expansion = try PlannedSweep.expand(
      PlannedSweep.request(("to", "a fox wearing a crown"), ("tau", "0.25,0.251,0.5,0.5")))
    #expect(expansion.submission.cells.count { $0.role == .cell } == 3)
    #expect(expansion.submission.variants.count == 3)
    #expect(expansion.remarks.contains("1 cell shows the variant of another cell"))
    #expect(expansion.remarks.contains { $0.contains("stand there twice") })
    let missed = try PlannedSweep.expand(PlannedSweep.request(("tau", "0..1:0.3"))).remarks
    #expect(missed == ["tau: 0 … 0.9, 4 values, does not reach 1"])
  }

  @Test func noRepromptWhereItIsNotWanted() throws {
    let submission = try PlannedSweep.expand(
      PlannedSweep.request(("to", "a fox wearing a crown"), ("reprompt", "false"))
    ).submission
    #expect(submission.cells.map(\.role) == [.cell])
  }

  @Test func theSameRequestHasTheSameHash() throws {
    let first = try crown().submission
    #expect(try crown().submission.requestHash == first.requestHash)
    let spelt = try PlannedSweep.expand(
      PlannedSweep.request(
        ("seed", "8888"), ("tau", "0,0.25,0.5,0.75,1.0"), ("to", "a  fox wearing a crown"),
        ("w:crown", ".5,1..2:1"), ("name", "crown"), ("key", "k"), ("max_cells", "20")))
    #expect(spelt.submission.requestHash == first.requestHash)
    #expect(spelt.submission.clientKey == "k")
    let other = try PlannedSweep.expand(
      PlannedSweep.request(
        ("to", "a fox wearing a crown"), ("tau", "0..1:0.25"), ("w:crown", "0.5,1,3"),
        ("seed", "8888"),
        ("name", "crown")))
    #expect(other.submission.requestHash != first.requestHash)
  }

  @Test func badRequestsAreRefusedWhole() throws {
    func code(_ settings: (String, String)...) throws -> String {
      var request = try PlannedSweep.request()
      for (name, value) in settings { try request.set(name, to: value) }
      return try Vocabulary.error { _ = try PlannedSweep.expand(request) }.code
    }
    #expect(try code(("w:crwon", "2")) == "word-not-found")
    #expect(
      try code(("to", "a fox || a fox wearing a crown"), ("w:crown", "1,2")) == "word-not-found")
    #expect(try code(("tau", "0.5,60s")) == "window-outside")
    #expect(try code(("tau", "[0.8,0.2]")) == "window-reversed")
    #expect(try code(("method", "replace"), ("to", "a fox")) == "replace-word-counts")
    #expect(try code(("size", "500x512")) == "size-illegal")
    #expect(try code(("w:a", "1,2"), ("w:a#2", "3")) == "words-overlap")
    #expect(
      try code(("to", Array(repeating: "cat", count: 80).joined(separator: " ")))
        == "prompt-too-long")
    #expect(
      try code(("negative", Array(repeating: "cat", count: 80).joined(separator: " ")))
        == "prompt-too-long")
    #expect(
      try Vocabulary.error {
        _ = try SweepExpansion(
          SweepRequest(), model: PlannedSweep.facts, modelFolder: "/m",
          tokenizer: Vocabulary.clip.get())
      }.code == "no-prompt")
  }

  @Test func illegalSizesNameTheNearest() throws {
    for (size, nearest) in [("500x512", "512×512"), ("1x1", "64×64"), ("99999x64", "8192×64")] {
      let request = try PlannedSweep.request(("size", size))
      let error = try Vocabulary.error { _ = try PlannedSweep.expand(request) }
      #expect(error.what.contains("nearest: \(nearest) (multiples of 64)"), "\(size)")
    }
    for text in ["", "x", "512x", "0x-1", "512x512x3", "big"] {
      var request = SweepRequest()
      #expect(throws: EditError.self, "\(text)") { try request.set("size", to: text) }
    }
  }

  @Test func tooManyCellsAreCountedNotMade() throws {
    let expanding = try seconds(weights: 10)
    let counting = try ThreadClock.measure {
      for (tau, weight, number) in [
        ("0..1[1024]", "0..1[1024]", "1 048 576"), ("0..1:0.000000001", "0..1[2]", "2 000 000 002"),
        ("0..1:0.000000000000000001", "0..9223372036854775807:1", ""),
      ] {
        let request = try PlannedSweep.request(("tau", tau), ("w:crown", weight))
        let error = try Vocabulary.error { _ = try PlannedSweep.expand(request) }
        #expect(error.code == "too-many-cells")
        #expect(error.status == .data)
        #expect(error.what.contains(number))
        #expect(error.what.contains("the limit is 10 000"))
      }
    }
    #expect(counting < expanding, "\(counting) s; \(expanding) s for 500 cells")
    let hint = try Vocabulary.error {
      _ = try PlannedSweep.expand(PlannedSweep.request(("seed", "1..10001")))
    }.hint
    #expect(hint == "--max-cells 10001")
    let raised = try PlannedSweep.request(("seed", "1..10001"), ("max_cells", "10001"))
    #expect(try raised.cellCount() == 10_001)
  }

  /// The time of expanding fifty taus by some weights, after it was done once.
  private func seconds(weights: Int) throws -> Double {
    let request = try PlannedSweep.request(
      ("tau", "0..1[50]"), ("w:crown", "0..10[\(weights)]"), ("to", "a fox wearing a golden crown"))
    func expand() throws {
      let cells = try PlannedSweep.expand(request).submission.cells.count
      #expect(cells == 50 * weights + 1)
    }
    try expand()
    return try ThreadClock.measure(expand)
  }

  @Test func fourTimesTheCellsTakeNoSixteenTimesTheTime() throws {
    let (few, many) = (try seconds(weights: 10), try seconds(weights: 40))
    #expect(many < 8 * few, "\(few) s for 501 cells, \(many) s for 2001")
  }
}
