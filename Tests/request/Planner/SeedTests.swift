import EditJobs
import Files
import Foundation
import JobStore
import Planner
import Testing

/// Seeds are all whole numbers of 64 bits, wherever they are written or kept.
@Suite struct SeedTests {
  private static let all: [UInt64] = [
    0, 1, 1 << 31, 1 << 32, 1 << 53, (1 << 53) + 1, (1 << 63) - 1, 1 << 63, .max - 1, .max,
  ]

  private func seeds(_ request: SweepRequest) throws -> [UInt64] {
    try PlannedSweep.expand(request).submission.sources.map(\.spec.seed)
  }

  @Test(arguments: all) func isTakenWhole(_ seed: UInt64) throws {
    #expect(try seeds(PlannedSweep.request(("seed", "\(seed)"))) == [seed])
    for text in ["\(seed)", "\"\(seed)\"", "[\(seed)]", "[\"\(seed)\"]", "\(seed)..\(seed)"] {
      let file = try SweepFile.request(yaml: "prompt: a cat\nseed: \(text)\n", file: "f")
      #expect(try seeds(file) == [seed], "\(text)")
      let json = "{\"prompt\": \"a cat\", \"axes\": {\"seed\": [\(seed)]}}"
      #expect(try seeds(SweepFile.request(yaml: json, file: "f")) == [seed])
    }
    let request = try PlannedSweep.request(("seed", "\(seed)"), ("tau", "0,1"))
    let submission = try PlannedSweep.expand(request).submission
    #expect(submission.request.contains("\"seed\":[\"\(seed)\"]"))
    let read = try SweepRequest(canonical: submission.request)
    #expect(try PlannedSweep.expand(read).submission.request == submission.request)
    #expect(submission.sources[0].spec.canonicalForm.text.contains("seed=\(seed)\n"))

    let table = try JobTable()
    let submitted = try table.store.enqueue(submission, owner: 0, now: 1)
    #expect(try table.store.sourceSpec(submission.sources[0].key)?.seed == seed)
    #expect(try table.store.sweep(submitted.sweep).sources.count == 1)
  }

  /// JSON has seeds as numbers or, as programs keep them that have no such numbers, as digits.
  @Test(arguments: all) func jsonHasItEitherWay(_ seed: UInt64) throws {
    let spec = SourceSpec(
      model: Digest(of: [1]), prompt: "a", seed: seed, steps: 2, guidance: 1, width: 64, height: 64)
    let json = String(decoding: try JSONEncoder().encode(spec), as: UTF8.self)
    let text = json.replacing("\"seed\":\(seed)", with: "\"seed\":\"\(seed)\"")
    #expect(text != json)
    for form in [json, text] {
      #expect(try JSONDecoder().decode(SourceSpec.self, from: Data(form.utf8)) == spec)
    }
    for wrong in ["\"-1\"", "\"1.0\"", "-1", "1.5", "\"\"", "null"] {
      let other = json.replacing("\"seed\":\(seed)", with: "\"seed\":\(wrong)")
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(SourceSpec.self, from: Data(other.utf8))
      }
    }
  }

  @Test func rangesReachTheLastOne() throws {
    let last = UInt64.max
    #expect(
      try seeds(PlannedSweep.request(("seed", "\(last - 2)..\(last)"))) == [
        last - 2, last - 1, last,
      ])
    #expect(
      try seeds(PlannedSweep.request(("seed", "0-\(last) [4]")))
        == [0, last / 3, last / 3 * 2, last])
    #expect(
      try seeds(PlannedSweep.request(("seed", "\(last)..0:\(last / 5)"))).last == 0)
    #expect(
      try Vocabulary.error { _ = try PlannedSweep.expand(.init(seed: "0..\(last)")) }.code
        == "too-many-cells")
  }

  @Test func growingKeepsTheirOrder() throws {
    var request = try PlannedSweep.request(("seed", "1,\(UInt64.max)"))
    try request.grow("seed", by: ["\(UInt64(1) << 63)"])
    #expect(
      try PlannedSweep.expand(request).submission.axes[0].values
        == ["1", "9223372036854775808", "18446744073709551615"])
  }

  @Test(arguments: [
    "18446744073709551616", "99999999999999999999999999", "-1", "1.5", "0x10", "1e3x",
  ])
  func othersAreRefused(_ text: String) throws {
    let error = try Vocabulary.error { _ = try PlannedSweep.request(("seed", text)) }
    #expect(error.code == "axis-value", "\(error)")
  }
}

extension SweepRequest {
  fileprivate init(seed: String) throws {
    self.init()
    try set("prompt", to: "a cat")
    try set("seed", to: seed)
  }
}
