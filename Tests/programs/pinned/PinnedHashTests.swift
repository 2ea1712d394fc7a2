import EditJobs
import Foundation
import Testing

/// Equal keys give equal bytes in every version: what whole runs of the built worker make is compared
/// with a committed table.
@Suite(.serialized) struct PinnedHashTests {
  static let models = ["mini-shapes": WorkerProcess.model, "tiny-sd1": WorkerProcess.tinyModel]

  @Test(
    arguments: ["mini-shapes", "tiny-sd1"],
    TestedCPU.hasBF16 ? ComputeType.allCases : [.f32])
  func wholeRuns(_ name: String, _ compute: ComputeType) throws {
    var run = try PinnedRun(model: try #require(Self.models[name]))
    run.compute = compute
    try Self.compare(run, try run.outcomes(), name)
  }

  static func compare(
    _ run: PinnedRun, _ found: [String: PinnedRun.Outcome], _ what: String
  ) throws {
    let pinned = try #require(PinnedHashes.table)
    #expect(pinned.revision == Numerics.currentRevision, "\(PinnedHashes.advice)")
    let digest = String(run.facts.digest.description.prefix(16))
    for (name, outcome) in found.sorted(by: { $0.key < $1.key }) {
      let row = PinnedHashes.Row(model: digest, compute: run.compute, run: name)
      let found = "\(row.text)  \(outcome.latents)  \(outcome.pixels)"
      guard let expected = pinned.rows[row] else {
        Issue.record("\(what): the table has no row of these weights; add\n\(found)")
        continue
      }
      #expect(
        (outcome.latents, outcome.pixels) == (expected.latents, expected.pixels),
        "\(what), \(name): other bits than pinned; found\n\(found)\n\(PinnedHashes.advice)")
    }
  }
}

/// The committed table.
struct PinnedHashes {
  struct Row: Hashable {
    /// The first sixteen digits of the model's digest.
    var model: String
    var compute: ComputeType
    var run: String

    var text: String { "\(model)  \(compute.rawValue)  \(run)" }
  }

  static let advice = """
    Equal keys promise equal bytes. PinnedOperationTests (EngineTests) tells which operation moved. If \
    it was not meant to, mend it. If it was: raise Numerics.currentRevision in \
    Sources/request/EditJobs/vocabulary/SourceSpec.swift, the revision in the first line of the table, and take the rows \
    that this test prints into Tests/programs/pinned/pinned-hashes.txt.
    """

  var revision: Int
  var rows: [Row: (latents: String, pixels: String)] = [:]

  /// Columns are parted by two blanks: digest, compute type, run, latents, pixels.
  static let table: PinnedHashes? = {
    let path = WorkerProcess.root.appending(path: "Tests/programs/pinned/pinned-hashes.txt")
    guard let text = try? String(contentsOf: path, encoding: .utf8) else { return nil }
    let lines = text.split(separator: "\n").map { $0.components(separatedBy: "  ") }
    guard let first = lines.first?.first?.split(separator: " "), first.first == "revision",
      let revision = first.last.flatMap({ Int($0) })
    else { return nil }
    var table = PinnedHashes(revision: revision)
    for line in lines.dropFirst() where line.count == 5 {
      guard let compute = ComputeType(rawValue: line[1]) else { continue }
      table.rows[Row(model: line[0], compute: compute, run: line[2])] = (line[3], line[4])
    }
    return table
  }()
}
