import EditJobs
import Files
import Planner
import Testing

@Suite struct ZipAndExcludeTests {
  private func request(_ yaml: String) throws -> SweepRequest {
    try SweepFile.request(yaml: "prompt: a cat wearing a crown\n" + yaml, file: "crown.yaml")
  }

  private let zipped = """
    axes:
      tau: 0,1
    zip:
      - to: [a fox wearing a crown, a dog wearing a golden crown]
        blend: [cat -> fox, none]
    """

  @Test func aZipGroupIsOneAxis() throws {
    let submission = try PlannedSweep.expand(request(zipped)).submission
    #expect(submission.axes.map(\.name) == ["tau", "to"])
    #expect(
      submission.axes[1].zipped == [SweepAxis(name: "blend", values: ["cat -> fox", "none"])])
    let cells = submission.cells.filter { $0.role == .cell }
    #expect(cells.map { [$0.row, $0.column] } == [[0, 0], [0, 1], [1, 0], [1, 1]])
    #expect(cells[0].coordinates.map(\.axis) == ["blend", "tau", "to"])
    #expect(cells[0].label == "tau 0, a fox wearing a crown, blend cat -> fox")
    let edits = try cells.map { cell in
      try #require(submission.variants.first { $0.key == cell.variant }?.edit)
    }
    #expect(edits.map { $0.blend == nil } == [false, false, true, true])
    let names = submission.cells.map {
      CellFileName.of(coordinates: $0.coordinates, role: $0.role, axes: submission.axes)
    }
    #expect(
      names.prefix(3) == ["blend1_tau0_to1.png", "blend1_tau1_to1.png", "blend2_tau0_to2.png"])
  }

  @Test func theOrderOfAFileIsTheOrderOfAxes() throws {
    let request = try request("zip: {seed: 1..3, cfg: [1, 2, 3]}\naxes: {tau: \"0..1[5]\"}\n")
    #expect(request.axes.map(\.kind.name) == ["seed", "tau"])
    #expect(try request.cellCount() == 15)
    let submission = try PlannedSweep.expand(request).submission
    #expect(submission.sources.map(\.spec.guidance) == [1, 2, 3])
    #expect(submission.sources.map(\.spec.seed) == [1, 2, 3])
  }

  /// A value may stand twice beside another one; the same pair may not.
  @Test func equalPairsAreOne() throws {
    let expansion = try PlannedSweep.expand(
      request("zip: [{tau: [0, 0, 1, 0.0], self_tau: [0, 1, 1, 0]}]"))
    #expect(expansion.submission.cells.count { $0.role == .cell } == 3)
    #expect(expansion.submission.axes[0].values == ["0", "0", "1"])
    #expect(expansion.remarks.contains("tau: 1 values stand there twice, and count once"))
  }

  @Test func listsOfAGroupAreOfEqualLength() throws {
    let error = try Vocabulary.error {
      _ = try request("zip:\n  - tau: 0..1:0.25\n    seed: [1, 2]\n")
    }
    #expect(error.code == "zip-lengths")
    #expect(
      error.what == "crown.yaml:3:5: the lists of a zip group are of equal length: "
        + "tau has 5 values, seed has 2")
    let twice = try Vocabulary.error {
      _ = try request("axes: {tau: [0, 1]}\nzip: [{tau: [0, 1], seed: [1, 2]}]")
    }
    #expect(twice.code == "set-twice")
  }

  @Test func aFlagTakesAMemberOutOfItsGroup() throws {
    var request = try request(zipped)
    request.clear("to")
    try request.set("to", to: "a fox")
    #expect(request.axes.map(\.kind.name) == ["tau", "blend"])
  }

  @Test func cellsAreExcluded() throws {
    let yaml = """
      to: a fox wearing a crown
      axes:
        tau: [0, 0.5, 1]
        "w:crown": [0.5, 1, 2]
      exclude:
        - {tau: 1.0, "w:crown": "2.00"}
        - {tau: [0, 0.5], "w:crown": .5}
      """
    let expansion = try PlannedSweep.expand(request(yaml))
    let cells = expansion.submission.cells.filter { $0.role == .cell }
    #expect(cells.map { "\($0.row)\($0.column)" } == ["02", "10", "11", "12", "20", "21"])
    #expect(expansion.submission.axes.map(\.values.count) == [3, 3])
    #expect(expansion.remarks == ["3 cells are excluded"])
    var flags = try PlannedSweep.request(
      ("to", "a fox wearing a crown"), ("tau", "0,0.5,1"), ("w:crown", "0.5,1,2"))
    try flags.exclude("tau=1,w:crown=2")
    try flags.exclude("tau=0,0.5,w:crown=0.5")
    #expect(
      try PlannedSweep.expand(flags).submission.requestHash == expansion.submission.requestHash)
  }

  @Test func whatMatchesNothingIsRemarkedOn() throws {
    var request = try PlannedSweep.request(("tau", "0,1"), ("to", "a fox"))
    try request.exclude("tau=0.5")
    try request.exclude("cfg=3")
    let expansion = try PlannedSweep.expand(request)
    #expect(
      expansion.remarks == [
        "exclude tau=0.5: no cell matches", "exclude cfg=3: no cell matches",
      ])
    #expect(expansion.submission.cells.count == 3)
  }

  @Test func nothingLeftIsAnError() throws {
    var request = try PlannedSweep.request(("tau", "0..1:0.25"), ("w:crown", "1,2,3"))
    try request.exclude("tau=0..1:0.25")
    let error = try Vocabulary.error { _ = try PlannedSweep.expand(request) }
    #expect(error.what == "the sweep is empty: exclude removes all 15 cells")
    #expect(error.status == .data)
  }

  @Test func textsAreExcludedToo() throws {
    var request = try PlannedSweep.request(("to", "a fox || a dog, old"), ("tau", "0,1"))
    try request.exclude("to=a dog, old,tau=1")
    let cells = try PlannedSweep.expand(request).submission.cells.filter { $0.role == .cell }
    #expect(cells.map { "\($0.row)\($0.column)" } == ["00", "01", "10"])
  }

  @Test(arguments: ["", "tau", "=1", "size=3", "tau=2", "tau=", "tau:=1", "name=x"])
  func badEntries(_ text: String) throws {
    var request = SweepRequest()
    #expect(throws: EditError.self) { try request.exclude(text) }
    #expect(request.exclusions.isEmpty)
  }
}
