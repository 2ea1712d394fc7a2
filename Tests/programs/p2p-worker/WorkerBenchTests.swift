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
      var id: String
      var lanes: Int
      var seconds: Double
      var shareOfPeak: Double
    }

    struct Cost: Decodable {
      var share: Double
    }

    var peakGFLOPs: Double
    var coldStartSeconds: Double
    var anonymousBytes: Int
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
    #expect(
      report.rows.map(\.id) == [
        "step", "recording", "injecting", "injecting-written", "decode", "encode",
      ])
    #expect(report.rows.map(\.lanes) == [1, 1, 3, 3, 1, 1])
    #expect(report.rows.allSatisfy { $0.seconds > 0 && $0.shareOfPeak > 0 })
    #expect(report.peakGFLOPs > 0.1 && 0.01...600 ~= report.coldStartSeconds)
    #expect(report.anonymousBytes > 1 << 20)
    #expect(report.writingCosts.count == 2 && report.writingCosts.allSatisfy { $0.share > -1 })
  }

  @Test func layersAddUpToTheModel() throws {
    struct Layers: Decodable {
      struct Layer: Decodable {
        var name: String
        var calls: Int
        var seconds: Double
        var operations: Double
      }

      var steps: Int
      var layers: [Layer]
    }
    let report = try measured(Layers.self, ["--layers", "--steps", "2"])
    let (facts, status) = try WorkerProcess(["inspect", WorkerProcess.tinyModel]).outputAndStatus()
    #expect(status == 0)
    struct Facts: Decodable { var multiplyAdds: Double }
    let model = try JSONDecoder().decode(Facts.self, from: Data(facts))
    // Two evaluations a step, but the text's keys and values were made in the step that warmed up.
    let operations = report.layers.reduce(0) { $0 + $1.operations }
    #expect(0.9...1 ~= operations / (2 * 2 * 2 * model.multiplyAdds))
    #expect(report.layers.allSatisfy { $0.calls > 0 && $0.seconds > 0 })
    #expect(report.layers.contains { $0.name.hasPrefix("conv 3×3") })
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
