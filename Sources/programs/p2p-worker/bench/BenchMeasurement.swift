import EditJobs
import Foundation
import StableDiffusion

/// Does every kind of work in turn, so that what else the machine does meets all of them alike.
struct BenchMeasurement {
  /// A kind of work: what one turn of it does, how many units' worth, and its operations.
  private struct Kind {
    var id: String
    var name: String
    var lanes: Int
    var operations: Double
    /// Whether a turn makes one guided step after the other, as many as there is time for.
    var isStep: Bool
    var work: () throws -> Void
  }

  private static let longestTurn = 20
  private let engine: Engine
  private let runs: BenchRuns
  private let kinds: [Kind]
  private let steps: Int
  private let size: (height: Int, width: Int)
  private var memory = AnonymousMemory()

  /// Prepares runs of about `steps` steps of each kind, whose files go into `results`.
  init(
    _ engine: Engine, steps: Int, lanes: Int, height: Int, width: Int, results: String
  ) throws {
    let runs = try BenchRuns(
      engine, passes: steps + Self.longestTurn + 1, height: height, width: width, lanes: lanes,
      results: results)
    let (one, many) = try (runs.operations(lanes: 1), runs.operations(lanes: lanes))
    let edges = try runs.edgeOperations()
    kinds = [
      Kind(
        id: "step", name: "source", lanes: 1, operations: one, isStep: true, work: runs.sourcePass),
      Kind(
        id: "recording", name: "source, maps and checkpoints written", lanes: 1, operations: one,
        isStep: true, work: runs.writtenSourcePass),
      Kind(
        id: "injecting", name: "\(lanes) lanes injecting", lanes: lanes, operations: many,
        isStep: true, work: runs.lanesPass),
      Kind(
        id: "injecting-written", name: "\(lanes) lanes injecting, checkpoints written",
        lanes: lanes, operations: many, isStep: true, work: runs.writtenLanesPass),
      Kind(
        id: "decode", name: "decoding a picture", lanes: 1, operations: edges.decode,
        isStep: false, work: runs.decode),
      Kind(
        id: "encode", name: "encoding a prompt", lanes: 1, operations: edges.encode,
        isStep: false, work: runs.encode),
    ]
    (self.engine, self.runs, self.steps, size) = (engine, runs, steps, (height, width))
  }

  /// Works, and tells what was found. A turn of steps lasts half a second where a step is short,
  /// because checkpoints are brought to the disk at most every 200 ms.
  mutating func report(threads: Int) throws -> BenchReport {
    let first = try seconds(kinds[0].work, count: 1)
    let cold = ProcessAge.seconds
    var peak = MatrixPeak(threads: threads, engine.compute)
    for kind in kinds.dropFirst() {
      // As orders do between steps and pictures.
      if !kind.isStep { engine.trim() }
      _ = try seconds(kind.work, count: 1)
    }
    let turn = max(1, min(Self.longestTurn, steps, Int(0.5 / max(1e-3, first))))
    let turns = (steps + turn - 1) / turn
    var times = [[Double]](repeating: [], count: kinds.count)
    for _ in 0..<turns {
      peak.measure()
      for (index, kind) in kinds.enumerated() {
        if kind.id == "decode" { engine.trim() }
        times[index].append(try seconds(kind.work, count: kind.isStep ? turn : 1))
      }
    }
    let rows = zip(kinds, times).map { kind, times in
      let lanes = Double(kind.lanes)
      let gflops = kind.operations / times.median / 1e9
      return BenchReport.Row(
        id: kind.id, name: kind.name, lanes: kind.lanes, seconds: times.median / lanes,
        range: [(times.min() ?? 0) / lanes, (times.max() ?? 0) / lanes], gflops: gflops,
        shareOfPeak: gflops / peak.gflops)
    }
    return BenchReport(
      model: engine.model.description.folder, height: size.height, width: size.width,
      threads: threads, cpu: engine.cpu, dtype: engine.compute, numerics: engine.numerics.text,
      steps: turn * turns, peakGFLOPs: peak.gflops, peaks: peak.sides, coldStartSeconds: cold,
      anonymousBytes: memory.most, rows: rows,
      writingCosts: [1, 3].map { kind in
        BenchReport.Cost(
          name: kinds[kind].name,
          share: zip(times[kind], times[kind - 1]).map { $0 / $1 }.median - 1)
      })
  }

  private mutating func seconds(_ work: () throws -> Void, count: Int) throws -> Double {
    let start = ContinuousClock.now
    for _ in 0..<count { try work() }
    let seconds = start.duration(to: .now) / .seconds(1) / Double(count)
    memory.look()
    return seconds
  }
}

extension [Double] {
  /// The middle one, or the mean of the two in the middle; there is at least one.
  var median: Double {
    let sorted = sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
