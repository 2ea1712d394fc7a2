import EditJobs
import Files
import Planner
import Testing

@Suite struct NameTests {
  @Test func cellsAreNamedByTheirCoordinates() {
    func name(_ coordinates: (String, String)..., role: Submission.Role = .cell) -> String {
      CellFileName.of(
        coordinates: coordinates.map { Coordinate(axis: $0.0, value: $0.1) }, role: role,
        axes: [SweepAxis(name: "to", values: ["a fox/../x", "ein Fuchs 🦊"])])
    }
    #expect(name(("tau", "0.75"), ("w:crown", "2")) == "tau0.75_w-crown2.png")
    #expect(name(("w:crown", "-2")) == "w-crown-2.png")
    #expect(name(("tau", "[0.2,12s]")) == "tau0.2-12s.png")
    #expect(name(("to", "ein Fuchs 🦊")) == "to2.png")
    #expect(name() == "cell.png")
    #expect(name(role: .reprompt) == "reprompt.png")
    #expect(name(("seed", "3"), ("to", "a fox/../x"), role: .reprompt) == "reprompt_seed3_to1.png")
    let long = name(("w:" + String(repeating: "é/", count: 300), "1"))
    #expect(long.utf8.count <= 255)
  }

  @Test func namesOfCellsAreSafeAndDifferent() throws {
    let request = try PlannedSweep.request(
      ("to", "a fox wearing a crown || ../../etc"), ("tau", "0.1,1,[0.1,1],11s,default"),
      ("self_tau", "0,0.5"), ("seed", "1..3"))
    let submission = try PlannedSweep.expand(request).submission
    let names = submission.cells.map {
      CellFileName.of(coordinates: $0.coordinates, role: $0.role, axes: submission.axes)
    }
    #expect(Set(names).count == names.count)
    for name in names {
      #expect(name.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789._-".utf8.contains($0) })
    }
  }

  @Test(
    arguments: [
      ("crown", nil), ("a.b_c-1", nil), ("Crown", "crown"), ("a b", "a-b"), ("17", "sweep-17"),
      ("all", "sweep-all"), ("v-9c41", "sweep-v-9c41"), ("../x", "x"), ("", "sweep"),
      ("é", "sweep"),
      ("@last", "last"),
    ] as [(String, String?)])
  func namesOfSweeps(_ name: String, _ suggestion: String?) throws {
    var request = SweepRequest()
    guard let suggestion else {
      try request.set("name", to: name)
      #expect(request.name == name)
      return
    }
    let error = try Vocabulary.error { try request.set("name", to: name) }
    #expect(error.code == "bad-name")
    #expect(error.hint == suggestion)
    try request.set("name", to: suggestion)
  }

  @Test func optionsAreChecked() throws {
    for (name, value) in [
      ("maps", "f64"), ("self_max", "0"), ("method", "swap"), ("compat", "a1111"),
      ("priority", "101"), ("max_cells", "0"), ("reprompt", "maybe"), ("key", ""),
      ("blend_threshold", "1.5"), ("blend_start", "soon"), ("blend_substract", "a -> b -> c"),
    ] {
      var request = SweepRequest()
      let error = try Vocabulary.error { try request.set(name, to: value) }
      let codes = [
        "blend_substract": "bad-blend", "blend_threshold": "axis-value",
        "blend_start": "axis-value",
        "self_max": "axis-value", "method": "axis-value",
      ]
      #expect(error.code == codes[name] ?? "bad-value", "\(name)")
      guard name != "blend_substract" else { continue }
      #expect(error.what.contains(name))
    }
  }
}
