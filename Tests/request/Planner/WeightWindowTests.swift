import EditJobs
import Files
import Planner
import PromptAlignment
import Testing

/// Weights with a window, and what else is a setting of its cell: by text, in files, as axes.
@Suite struct WeightWindowTests {
  private func edits(_ settings: (String, String)...) throws -> [ResolvedEdit] {
    var request = try PlannedSweep.request(
      ("to", "a fox wearing a crown"), ("reprompt", "false"), ("steps", "20"))
    for (name, value) in settings { try request.set(name, to: value) }
    return try PlannedSweep.expand(request).submission.variants.map(\.edit)
  }

  private func weights(_ settings: (String, String)...) throws -> [ResolvedEdit.TokenWeight] {
    var request = try PlannedSweep.request(("steps", "20"))
    for (name, value) in settings { try request.set(name, to: value) }
    return try PlannedSweep.expand(request).submission.variants[0].edit.weights
  }

  @Test(arguments: [
    ("2@[0.3,1]", 6, 20), ("2@0.5", 0, 10), ("2@[0,0.5]", 0, 10), ("2@12s", 0, 12),
    ("2@[3s,0.5]", 3, 10), ("2 @ [ 0.25 , 0.75 ]", 5, 15), ("-2@[0.3,1]", 6, 20),
  ])
  func actsInItsWindow(_ text: String, _ from: Int, _ to: Int) throws {
    let weights = try weights(("w:crown", text))
    #expect(weights.map(\.window) == [StepWindow(from, to)])
    #expect(weights.map { abs($0.value) } == [2])
  }

  /// The whole run is what a weight has without a window: one coordinate, one key.
  @Test func theWholeRunIsNoWindow() throws {
    let keys = try ["2", "2@[0,1]", "2@1", "2@[0s,1]"].map { text in
      let request = try PlannedSweep.request(("w:crown", text), ("steps", "20"))
      return try PlannedSweep.expand(request).submission.variants[0].key
    }
    #expect(Set(keys).count == 1)
    let axis = try PlannedSweep.expand(PlannedSweep.request(("w:crown", "2,2@[0,1],2@1,3@[0,0.5]")))
    #expect(axis.submission.axes[0].values == ["2", "3@0.5"])
  }

  @Test func aWindowWithoutStepsIsNoWeight() throws {
    let plain = try edits()[0]
    for text in ["2@0", "2@[0.5,0.5]", "2@[3s,3s]", "1@[0.3,1]", "2@[0.01,0.04]"] {
      #expect(try edits(("w:crown", text))[0] == plain, "\(text)")
    }
  }

  @Test func eachWordHasItsOwn() throws {
    let edit = try edits(("w:crown", "2@[0.5,1]"), ("w:fox", "3@0.25"), ("w:wearing", "0.5"))[0]
    #expect(
      edit.weights.map(\.window) == [StepWindow(0, 5), StepWindow(0, 20), StepWindow(10, 20)])
    // Runs share steps until one of their windows opens.
    let later = try edits(("w:crown", "2@[0.75,1]"), ("w:fox", "3@0.25"), ("w:wearing", "0.5"))[0]
    #expect(edit.signatures[0] == later.signatures[0])
    #expect(edit.signatureText(step: 9) == later.signatureText(step: 9))
    #expect(edit.signatureText(step: 10) != later.signatureText(step: 10))
  }

  @Test func rangesHaveOneWindow() throws {
    let request = try PlannedSweep.request(("w:crown", "1..2:0.5@[0.3,1],0-1 [3] @0.5,default"))
    let submission = try PlannedSweep.expand(request).submission
    #expect(
      submission.axes[0].values == [
        "1@[0.3,1]", "1.5@[0.3,1]", "2@[0.3,1]", "0@0.5", "0.5@0.5", "1@0.5", "default",
      ])
    let read = try SweepRequest(canonical: submission.request)
    #expect(try PlannedSweep.expand(read).submission.request == submission.request)
  }

  @Test func filesSayTheSame() throws {
    let file = try SweepFile.request(
      yaml: """
        prompt: a cat wearing a crown
        steps: 20
        axes: {"w:crown": [1, "2@[0.3,1]", 3@0.5]}
        """, file: "f")
    let flags = try PlannedSweep.request(("w:crown", "1,2@[0.3,1],3@0.5"), ("steps", "20"))
    #expect(
      try PlannedSweep.expand(file).submission.cells == PlannedSweep.expand(flags).submission.cells)
  }

  @Test(arguments: ["2@", "2@[0.3]", "2@1.5", "2@[0.3,1", "@[0.3,1]", "2@[0.3,1]x", "2@@1"])
  func othersAreRefused(_ text: String) throws {
    #expect(throws: EditError.self) { try weights(("w:crown", text)) }
    #expect(throws: EditError.self) { try edits(("cfg", "2@[0.3,1]")) }
  }

  // MARK: settings that are axes

  @Test func blendsVaryInEveryNumber() throws {
    let edits = try edits(
      ("blend", "cat -> fox"), ("blend_subtract", "crown"), ("blend_threshold", "0.2,0.4"),
      ("blend_subtract_threshold", "0.5,0.6"), ("blend_start", "0.1,10s"))
    let found = edits.compactMap(\.blend).map {
      [$0.threshold, $0.substractThreshold, Double($0.start)]
    }
    #expect(
      found == [
        [0.2, 0.5, 2], [0.4, 0.5, 2], [0.2, 0.6, 2], [0.4, 0.6, 2], [0.2, 0.5, 10], [0.4, 0.5, 10],
        [0.2, 0.6, 10], [0.4, 0.6, 10],
      ])
    // One threshold is for both kinds of words, as it was before there were two settings.
    let both = try self.edits(
      ("blend", "cat -> fox"), ("blend_subtract", "crown"), ("blend_threshold", "0.4"))
    #expect(both[0].blend?.substractThreshold == 0.4)
    let own = try self.edits(
      ("blend", "cat -> fox"), ("blend_substract", "crown"), ("blend_substract_threshold", "0.4"))
    #expect((own[0].blend?.threshold, own[0].blend?.substractThreshold) == (0.3, 0.4))
  }

  @Test func wordsWindowsMethodsAndLimitsVary() throws {
    let windows = try edits(("tau:crown", "0.2,[0.1,0.5],default"))
    #expect(
      windows.map { $0.crossTokens.map(\.window) } == [[StepWindow(0, 4)], [StepWindow(2, 10)], []])
    let methods = try edits(("method", "auto,refine"))
    #expect(methods.map(\.method) == [.replace, .refine])
    let limits = try PlannedSweep.expand(PlannedSweep.request(("self_max", "16,32,default")))
    #expect(limits.submission.sources.map(\.spec.selfMax) == [16, 32, nil])
    #expect(limits.submission.axes[0].values == ["16", "32", "default"])
    for axis in ["tau:crown", "method", "self_max", "blend_threshold", "blend_start"] {
      let value = axis == "method" ? "refine" : axis == "self_max" ? "32" : "0.5"
      var request = try PlannedSweep.request(("blend", "cat"))
      try request.setAxis(axis, to: value)
      let submission = try PlannedSweep.expand(request).submission
      #expect(submission.axes.map(\.name) == [axis])
      let read = try SweepRequest(canonical: submission.request)
      #expect(try PlannedSweep.expand(read).submission.request == submission.request)
    }
  }

  /// A request that varies none of them is kept as it was before they could vary.
  @Test func oldRequestsStay() throws {
    let plain = try PlannedSweep.expand(PlannedSweep.request(("tau", "0,1"))).submission.request
    #expect(plain.contains("\"method\":\"auto\"") && plain.contains("\"self_max\":null"))
    #expect(!plain.contains("blend") && !plain.contains("image"))
    let asked = try PlannedSweep.request(
      ("blend", "cat"), ("self_max", "32"), ("method", "replace"), ("blend_subtract", "crown"),
      ("blend_threshold", "0.4"), ("blend_start", "12s"))
    let request = try PlannedSweep.expand(asked).submission.request
    for member in [
      "\"blend_substract\":\"crown\"", "\"blend_threshold\":\"0.4\"", "\"blend_start\":\"12s\"",
      "\"self_max\":32", "\"method\":\"replace\"",
    ] {
      #expect(request.contains(member), "\(request)")
    }
    let old = request.replacing("\"0.4\"", with: "\"0.4, 0.5\"")
    let edit = try PlannedSweep.expand(SweepRequest(canonical: old)).submission.variants[0].edit
    #expect((edit.blend?.threshold, edit.blend?.substractThreshold) == (0.4, 0.5))
  }

  @Test func photographsGoWithTheirEdits() throws {
    let request = try SweepFile.request(
      yaml: """
        prompt: a cat wearing a crown
        zip: {image: [photos/a.png, b.png], to: [a fox wearing a crown, a dog wearing a crown]}
        """, file: "f")
    #expect(request.images == ["photos/a.png", "b.png"])
    func expand(_ request: SweepRequest) throws -> Submission {
      let tokenizer = try Vocabulary.clip.get()
      return try SweepExpansion(request) { _ throws(EditError) in
        PlannedModel(
          facts: PlannedSweep.facts, folder: "/models/sd15", tokenizer: tokenizer,
          images: Dictionary(
            request.images.map { ($0, Digest(of: $0.utf8)) }, uniquingKeysWith: { a, _ in a }))
      }.submission
    }
    var read = request
    for image in request.images {
      read.photographs[image] = ImageReference(file: image, digest: Digest(of: image.utf8))
    }
    let submission = try expand(read)
    #expect(
      submission.sources.map(\.spec.photograph?.image)
        == request.images.map { Digest(of: $0.utf8) })
    #expect(submission.axes.map(\.members.count) == [2])
    let cells = submission.cells.filter { $0.role == .cell }
    #expect(
      cells.map { $0.coordinates.map(\.value) }
        == [["photos/a.png", "a fox wearing a crown"], ["b.png", "a dog wearing a crown"]])
    let back = try SweepRequest(canonical: submission.request)
    #expect(back.photographs == read.photographs)
    #expect(try expand(back).request == submission.request)
    var alone = request
    alone.photographs = [:]
    #expect(
      try Vocabulary.error { _ = try PlannedSweep.expand(alone) }.code == "photograph-missing")
  }
}
