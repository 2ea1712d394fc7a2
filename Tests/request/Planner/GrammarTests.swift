import EditJobs
import Files
import Planner
import Testing
import TestInstruments

@Suite struct GrammarTests {
  /// The canonical values of an axis.
  private func values(_ text: String, _ axis: String = "tau") throws -> [String] {
    var request = SweepRequest()
    try request.setAxis(axis, to: text)
    return try PlannedSweep.expand(request).submission.axes.first?.values ?? []
  }

  @Test(arguments: [
    ("0.5", ["0.5"]), ("0,.5,1", ["0", "0.5", "1"]), ("0, 0.5, 1,", ["0", "0.5", "1"]),
    ("0..1:0.25", ["0", "0.25", "0.5", "0.75", "1"]), ("1..0:0.5", ["1", "0.5", "0"]),
    ("1..0:-0.5", ["1", "0.5", "0"]), ("0 .. 1 : +0.5", ["0", "0.5", "1"]),
    ("0..1:0.3", ["0", "0.3", "0.6", "0.9"]), ("0.1..0.3:0.1", ["0.1", "0.2", "0.3"]),
    ("0.1..0.9[5]", ["0.1", "0.3", "0.5", "0.7", "0.9"]),
    ("0..1[4]", ["0", "0.333333333333", "0.666666666667", "1"]),
    ("0.1-0.9 [5]", ["0.1", "0.3", "0.5", "0.7", "0.9"]), (".1-.5 [3]", ["0.1", "0.3", "0.5"]),
    ("0-1 (+0.3)", ["0", "0.3", "0.6", "0.9"]), ("0.1-0.3 (+0.1)", ["0.1", "0.2", "0.3"]),
    ("1-0 (-0.25)", ["1", "0.75", "0.5", "0.25", "0"]), ("1-1 (+0.1)", ["1"]),
    ("12s", ["12s"]), ("10s..40s:10s", ["10s", "20s", "30s", "40s"]),
    ("1s..3s", ["1s", "2s", "3s"]),
    ("40s-10s [4]", ["40s", "30s", "20s", "10s"]), ("[0.2,0.8]", ["[0.2,0.8]"]),
    ("[0.20 , .8], [5s,10s], 1", ["[0.2,0.8]", "[5s,10s]", "1"]), ("default, 0", ["default", "0"]),
    ("range(0,1,0.25)", ["0", "0.25", "0.5", "0.75"]), ("range(1)", ["0"]),
    ("0.5,0.50,+.5", ["0.5"]),
  ])
  func tau(_ text: String, _ expected: [String]) throws { #expect(try values(text) == expected) }

  @Test(arguments: [
    ("-2..2:1", ["-2", "-1", "0", "1", "2"]), ("-0.5--0.1 (+0.2)", ["-0.5", "-0.3", "-0.1"]),
    ("-1", ["-1"]), ("range(3,0,-1)", ["3", "2", "1"]), ("1..2[3]", ["1", "1.5", "2"]),
    ("100", ["100"]), ("0-0.75 [4]", ["0", "0.25", "0.5", "0.75"]),
    ("default,2", ["default", "2"]),
  ])
  func weights(_ text: String, _ expected: [String]) throws {
    #expect(try values(text, "w:crown") == expected)
  }

  @Test(arguments: [
    ("1..4", ["1", "2", "3", "4"]), ("1-10 [4]", ["1", "4", "7", "10"]),
    ("4..1", ["4", "3", "2", "1"]),
    ("9223372036854775807", ["9223372036854775807"]), ("10..30:10", ["10", "20", "30"]),
    ("5-1 [5]", ["5", "4", "3", "2", "1"]),
  ])
  func seeds(_ text: String, _ expected: [String]) throws {
    #expect(try values(text, "seed") == expected)
  }

  @Test(arguments: [
    ("tau", ""), ("tau", ","), ("tau", "0,,1"), ("tau", "1.25"), ("tau", "-0.1"),
    ("tau", "0..1.25:0.25"),
    ("tau", "0..1"), ("tau", "0..1:0"), ("tau", "0..1:-0.1"), ("tau", "1..0:+0.1"),
    ("tau", "0-0.75"),
    ("tau", "0.1-0.5 (0.1)"), ("tau", "1e-3"), ("tau", "1e-3-1 [3]"), ("tau", "1x5-3"),
    ("tau", "nan"),
    ("tau", "inf"), ("tau", "0.5 0.6"), ("tau", "0..1[1]"), ("tau", "0..1[0]"),
    ("tau", "0..1[2.5]"),
    ("tau", "0..1[-2]"), ("tau", "10s..40s:10"), ("tau", "10..40s:10s"), ("tau", "1.5s"),
    ("tau", "-3s"),
    ("tau", "[0.2]"), ("tau", "[0.2,0.8"), ("tau", "[0.2,0.8,1]"), ("tau", "[0.2,1.8]"),
    ("tau", "\"0.5\""),
    ("tau", "0.5abc"), ("tau", "10s..40s[5]"), ("tau", "range(0,1,-0.1)"),
    ("tau", "range(0,0,0.1)"),
    ("tau", "range(0,1"), ("tau", "range(0,2,0.5)"), ("tau", "0...1"), ("tau", "true"),
    ("w:crown", "nan"), ("w:crown", "infinity"), ("w:crown", "2s"), ("w:crown", "[0,1]"),
    ("w:crown", "1-3"), ("w:crown", "99999999999999999999"),
    ("w:crown", "0..9223372036854775807[1000000000]"),
    ("seed", "1.5"), ("seed", "-1"), ("seed", "1-10 [5]"), ("seed", "1..3:0.5"),
    ("seed", "18446744073709551616"), ("seed", "3s"), ("to", ""), ("to", "a fox || "),
    ("steps", "0"), ("steps", "1001"), ("steps", "5.5"), ("steps", "20s"), ("steps", "20..50:0.5"),
    ("steps", "20-50 [5]"), ("cfg", "-1"), ("cfg", "nan"), ("cfg", "1e2"), ("cfg", "1..7.5"),
    ("sampler", "euler_b"), ("sampler", ""), ("sampler", "ddim,,euler"), ("sampler", "ddim..euler"),
    ("model", ""), ("model", "a || "), ("blend", ""), ("blend", "a -> b -> c"),
  ])
  func errors(_ axis: String, _ text: String) throws {
    var request = SweepRequest()
    let error = try Vocabulary.error { try request.setAxis(axis, to: text) }
    #expect(error.status == .data)
    #expect(error.what.hasPrefix(axis))
    #expect(request.settings.isEmpty)
  }

  @Test(arguments: [
    ("steps", "20..50:10", ["20", "30", "40", "50"]), ("steps", "10-30 [3]", ["10", "20", "30"]),
    ("steps", "18..20", ["18", "19", "20"]), ("steps", "range(10,30,10)", ["10", "20"]),
    ("cfg", "1,7.50", ["1", "7.5"]), ("cfg", "0-7.5 (+2.5)", ["0", "2.5", "5", "7.5"]),
    ("sampler", "ddim, PLMS", ["ddim", "pndm"]),
    ("sampler", "default,Euler", ["default", "euler"]),
    ("negative", "blurry||  low  quality, grey ||", ["blurry", "low quality, grey", ""]),
    ("blend", "none || crown", ["none", "crown -> crown"]),
    ("blend", "cat->crown || cat, a#2 -> crown", ["cat -> crown", "cat, a#2 -> crown"]),
  ])
  func axesOfSourcesAndTexts(_ axis: String, _ text: String, _ expected: [String]) throws {
    #expect(try values(text, axis) == expected)
  }

  /// What A1111's and Hydra's grammars are known to get wrong.
  @Test func publishedTrapsAreNotCopied() throws {
    // A float range overshoots there, and drifts.
    #expect(try values("0-1 (+0.3)").last == "0.9")
    #expect(try values("0.1-0.5 (+0.1)") == ["0.1", "0.2", "0.3", "0.4", "0.5"])
    for hundredths in 1...99 {
      let step = "0.\(hundredths < 10 ? "0" : "")\(hundredths)"
      #expect(try values("0-1 (+\(step))", "w:crown").count == 100 / hundredths + 1, "\(step)")
    }
    // A descending range is an empty axis there.
    #expect(try values("5-1 (-1)", "seed") == ["5", "4", "3", "2", "1"])
    #expect(try values("1..0:0.25") == ["1", "0.75", "0.5", "0.25", "0"])
    // Hydra leaves the stop out; so do we in its own form, and only there.
    #expect(try values("range(0,1,0.25)").last == "0.75")
    #expect(try values("0..1:0.25").last == "1")
  }

  @Test func messagesSuggest() throws {
    func error(_ axis: String, _ text: String) throws -> EditError {
      var request = SweepRequest()
      return try Vocabulary.error { try request.setAxis(axis, to: text) }
    }
    #expect(try error("tau", "1.25").what == "tau is outside 0…1: 1.25")
    #expect(try error("tau", "1.25").hint == "a count of steps is written 12s")
    #expect(try error("w:cat", "nan").what == "w:cat is not a number: nan")
    let bare = try error("tau", "0.1-0.9")
    #expect(bare.hint?.contains("0.1..0.9:") == true)
    #expect(bare.hint?.contains("0.1..0.9[5]") == true)
  }

  @Test func unknownNamesSuggest() throws {
    func error(_ name: String) throws -> EditError {
      var request = SweepRequest()
      return try Vocabulary.error { try request.set(name, to: "1") }
    }
    #expect(try error("guidance").what == "unknown setting \"guidance\". Did you mean cfg?")
    #expect(try error("sead").what == "unknown setting \"sead\". Did you mean seed?")
    #expect(try error("self_tua").what.hasSuffix("Did you mean self_tau?"))
    #expect(try error("zzzzzz").details.first?.contains("tau") == true)
    var request = SweepRequest()
    let axis = try Vocabulary.error { try request.setAxis("size", to: "1,2") }
    #expect(axis.code == "unknown-axis")
    #expect(throws: EditError.self) { try request.setAxis("w:", to: "1,2") }
  }

  /// Ranges of decimals are exact: value k is a + k·s to the digit, and the last one is the last that
  /// fits.
  @Test(arguments: SeededRandom.seeds(5..<6))
  func randomRangesAreExact(seed: UInt64) throws {
    var generator = SeededRandom(seed: seed)
    for _ in 0..<300 {
      let places = Int.random(in: 0...3, using: &generator)
      let unit = [1, 10, 100, 1000][places]
      func text(_ value: Int) -> String {
        let digits = String(value.magnitude)
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        let sign = value < 0 ? "-" : ""
        return places == 0
          ? sign + padded : "\(sign)\(padded.dropLast(places)).\(padded.suffix(places))"
      }
      let from = Int.random(in: -3 * unit...3 * unit, using: &generator)
      let to = Int.random(in: -3 * unit...3 * unit, using: &generator)
      let step = Int.random(in: 1...unit, using: &generator)
      let walk = stride(from: from, through: to, by: to < from ? -step : step)
      guard Array(walk).count <= 400 else { continue }
      let expected = walk.map { ExactDecimal(text($0))?.description ?? "" }
      let found = try values("\(text(from))..\(text(to)):\(text(step))", "w:crown")
      #expect(found == expected, "\(text(from))..\(text(to)):\(text(step))")
    }
  }
}
