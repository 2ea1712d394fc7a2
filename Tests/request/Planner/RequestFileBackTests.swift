import EditJobs
import Files
import Foundation
import JobStore
import Planner
import SweepPages
import Testing

/// `sweep.yaml` asks for the same again, and the job table's request grows, whatever a prompt holds.
@Suite struct RequestFileBackTests {
  /// Scalars that YAML, JSON or both have no place for, or take for something else.
  private static let scalars: [Unicode.Scalar] = {
    let ranges: [ClosedRange<UInt32>] = [
      0x01...0x1F, 0x22...0x27, 0x5B...0x60, 0x7B...0xA1, 0x300...0x303, 0x2027...0x202A,
      0xFDD0...0xFDD1, 0xFEFE...0xFF00, 0xFFF9...0xFFFF, 0x1F3FD...0x1F3FE, 0x1FFFE...0x1FFFF,
      0xE0001...0xE0002, 0x10FFFE...0x10FFFF,
    ]
    return ranges.joined().compactMap(Unicode.Scalar.init)
  }()

  private static let texts: [String] =
    [
      "null", "Null", "~", "yes", "no", "on", "true", "1e3", "0x10", "012", "1:30", ".inf",
      "2001-01-01",
      "'", "\"", "''", "\"\"", "a'b", "a\"b", "\\", "\\\\", "\\/", "a\\/b", "\\u007f", "\\n",
      "a: b",
      "- a", "# a", "a # b", "{a: b}", "[a]", "&a", "*a", "!a", "%a", "@a", "`a", "? a", "| a",
      "> a",
      "---", "...", "<<", "=", ", a", "a hand 🏽 emoji", "\u{301}a", "a \u{301}b", "a\u{200D}b",
      "👩‍👩‍👧 family", "\u{202E}abc", "a\u{FEFF}b", "a\u{FFFD}b", "ünïcödé", "日本",
    ] + scalars.map { "a\($0)b" } + scalars.map { "\($0)" } + scalars.map { "a \($0)" }

  /// A text as requests keep it: byte order marks before it are none of it.
  private static func plain(_ text: String) -> String {
    let rest = text.unicodeScalars.drop { $0 == "\u{FEFF}" || $0.properties.isWhitespace }
    return String(String.UnicodeScalarView(rest)).withSingleBlanks
  }

  /// The sweep file that a sweep's folder has.
  private func file(_ submission: Submission) throws -> String {
    let (table, results) = (try JobTable(), try TemporaryResults())
    let submitted = try table.store.enqueue(submission, owner: 0, now: 1)
    let snapshot = try SweepSnapshot(table.store, sweep: submitted.sweep)
    var page = SweepPage(snapshot, results: results.folder)
    try page.publish()
    return try String(contentsOfFile: "\(page.folder)/sweep.yaml", encoding: .utf8)
  }

  private func check(_ request: SweepRequest) throws {
    let submission = try PlannedSweep.expand(request).submission
    let yaml = try file(submission)
    let read = try SweepFile.request(yaml: yaml, file: "sweep.yaml")
    #expect(try PlannedSweep.expand(read).submission.request == submission.request, "\(yaml)")
    let kept = try SweepRequest(canonical: submission.request)
    #expect(try PlannedSweep.expand(kept).submission.request == submission.request)
  }

  @Test func editPromptsComeBack() throws {
    var request = try PlannedSweep.request(("reprompt", "false"))
    for text in Self.texts where !Self.plain(text).isEmpty { try request.set("to", to: text) }
    try check(request)
    // As JSON writes them, raw and escaped.
    let raw = Self.texts.filter { !Self.plain($0).isEmpty }
    for options in [JSONSerialization.WritingOptions(), .withoutEscapingSlashes] {
      let json = try JSONSerialization.data(
        withJSONObject: ["prompt": "a cat", "to": raw] as [String: Any], options: options)
      let read = try SweepFile.request(yaml: String(decoding: json, as: UTF8.self), file: "f.json")
      let axis = try PlannedSweep.expand(read).submission.axes[0].values
      #expect(axis.count == Set(raw.map(Self.plain)).count)
      #expect(Set(axis) == Set(raw.map(Self.plain)))
    }
  }

  @Test func otherTextsComeBack() throws {
    for text in [
      "null", "'", "\"", "\\", "a\u{7F}b", "a\u{9F}b", "a\u{FFFE}b", "a # b", "\u{301}x",
    ] {
      var request = SweepRequest()
      try request.set("prompt", to: text)
      try request.set("negative", to: "\(text) || no \(text)")
      try request.set("w:\(text)", to: "0.5,2@[0.3,1]")
      try request.set("tau:\(text)", to: "0.5")
      try check(request)
    }
  }

  @Test func everySettingComesBack() throws {
    try check(
      PlannedSweep.request(
        ("name", "null"), ("seed", "\(UInt64.max)"), ("self_max", "16,32"), ("method", "replace"),
        ("blend", "none || cat"), ("blend_subtract", "crown"), ("blend_threshold", "0.4"),
        ("blend_subtract_threshold", "0.5"), ("blend_start", "0.1,12s"), ("steps", "20"),
        ("cfg", "3.5"), ("sampler", "euler"), ("priority", "-5"), ("w:crown", "2@[0.3,1]"),
        ("tau:crown", "0.2,0.4"), ("negative", "yes"), ("reprompt", "false"), ("maps", "f32")))
    var excluded = try PlannedSweep.request(("tau", "0,1"), ("w:crown", "1,2@0.5"))
    try excluded.exclude("tau=1,w:crown=2@0.5")
    #expect(try PlannedSweep.expand(excluded).submission.cells.count { $0.role == .cell } == 3)
    try check(excluded)
  }

  /// What YAML refuses raw is said with its place, and how it is written.
  @Test(arguments: [0x7F, 0x80, 0x9F, 0xFFFE, 0xFFFF, 0x01, 0x1B] as [UInt32])
  func rawScalarsInYAMLAreNamed(_ value: UInt32) throws {
    let scalar = try #require(Unicode.Scalar(value))
    let error = try Vocabulary.error {
      _ = try SweepFile.request(yaml: "prompt: a cat\nto: \"a \(scalar)\"\n", file: "f.yaml")
    }
    #expect(error.what.hasPrefix("f.yaml:2:8: U+"), "\(error)")
    let escape = try #require(error.hint?.split(separator: ",").first)
    let request = try SweepFile.request(
      yaml: "prompt: a cat\nto: \"a \(escape)\"\n", file: "f.yaml")
    let edit = try PlannedSweep.expand(request).submission.variants[0].edit.prompt
    #expect(edit == "a \(scalar)".withSingleBlanks)
  }
}
