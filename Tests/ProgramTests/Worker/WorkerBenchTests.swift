import Foundation
import Testing

/// What the worker measures of itself.
@Suite(.serialized) struct WorkerBenchTests {
  private struct Sweep: Decodable {
    struct Row: Decodable {
      var evaluations: Int
      var seconds: Double
    }

    var cells: Int
    var rows: [Row]
  }

  private struct Steps: Decodable {
    struct Row: Decodable {
      var name: String
      var lanes: Int
      var secondsPerGuidedStep: Double
    }

    struct Cost: Decodable {
      var share: Double
    }

    var rows: [Row]
    var writingCosts: [Cost]
  }

  /// Counted by the runs, for S = 8: a source and a run for each of 48 cells; one source; and per
  /// weight and prompt one whole run and the steps of seven forks behind their taus.
  @Test func aSweepCostsWhatItsTreeCosts() throws {
    let report = try measured(Sweep.self, ["--sweep", "--steps", "8", "--size", "64x64"])
    let (source, cells, forks) = (2 * 8, 48, (1..<8).reduce(0) { $0 + 8 - $1 })
    #expect(report.cells == cells)
    #expect(
      report.rows.map(\.evaluations) == [
        cells * (source + 2 * 8), source + cells * 2 * 8, source + 3 * 2 * 2 * (8 + forks),
      ])
    #expect(report.rows[2].seconds < report.rows[0].seconds)
  }

  @Test func stepsAreMeasuredWithAndWithoutFiles() throws {
    let report = try measured(Steps.self, ["--steps", "2", "--lanes", "3"])
    #expect(report.rows.map(\.lanes) == [1, 1, 3, 3])
    #expect(report.rows.allSatisfy { $0.secondsPerGuidedStep > 0 })
    #expect(report.writingCosts.count == 2 && report.writingCosts.allSatisfy { $0.share > -1 })
  }

  private func measured<Report: Decodable>(
    _ type: Report.Type, _ arguments: [String]
  ) throws -> Report {
    let folder = FileManager.default.temporaryDirectory.appending(path: "p2p-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (output, status) = try WorkerProcess(
      ["bench", WorkerProcess.tinyModel, "--json", "--folder", folder.path] + arguments
    ).outputAndStatus()
    #expect(status == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    return try JSONDecoder().decode(type, from: Data(output))
  }
}
