import Foundation
import StableDiffusion

/// What a measurement of guided steps found: kinds of steps, made in turn, with medians.
struct BenchReport: Encodable {
  /// One kind of step.
  struct Row: Encodable {
    var name: String
    var lanes: Int
    /// Median of a whole step over its lanes.
    var secondsPerGuidedStep: Double
    /// The fastest and the slowest.
    var range: [Double]
    var gflops: Double
  }

  var model: String
  var height: Int
  var width: Int
  var threads: Int
  var cpu: String
  var steps: Int
  var rows: [Row]
  /// What writing maps and checkpoints costs: medians of ratios to the turn before without, minus 1.
  var writingCosts: [Cost]

  /// The cost of writing, of one kind of step.
  struct Cost: Encodable {
    var name: String
    var share: Double
  }

  /// Makes all four kinds of steps in turn, about `steps` times after one that warms up.
  ///
  /// A turn lasts half a second where a step is short, because checkpoints are brought to the disk at
  /// most every 200 ms.
  static func measure(
    _ engine: Engine, steps: Int, lanes: Int, height: Int, width: Int, results: String, threads: Int
  ) throws -> BenchReport {
    let longestTurn = 20
    let runs = try BenchRuns(
      engine, passes: steps + longestTurn + 1, height: height, width: width, lanes: lanes,
      results: results
    )
    let kinds: [(name: String, lanes: Int, pass: () throws -> Void)] = [
      ("source", 1, runs.sourcePass),
      ("source, maps and checkpoints written", 1, runs.writtenSourcePass),
      ("\(lanes) lanes injecting", lanes, runs.lanesPass),
      ("\(lanes) lanes injecting, checkpoints written", lanes, runs.writtenLanesPass),
    ]
    func seconds(_ pass: () throws -> Void, count: Int) throws -> Double {
      let start = ContinuousClock.now
      for _ in 0..<count { try pass() }
      return start.duration(to: .now) / .seconds(1) / Double(count)
    }
    let warm = try kinds.map { try seconds($0.pass, count: 1) }
    let turn = max(1, min(longestTurn, steps, Int(0.5 / max(1e-3, warm[0]))))
    let turns = (steps + turn - 1) / turn
    var times = [[Double]](repeating: [], count: kinds.count)
    for _ in 0..<turns {
      for (index, kind) in kinds.enumerated() {
        times[index].append(try seconds(kind.pass, count: turn))
      }
    }
    let rows = try zip(kinds, times).map { kind, times in
      let lanes = Double(kind.lanes)
      return Row(
        name: kind.name, lanes: kind.lanes, secondsPerGuidedStep: median(times) / lanes,
        range: [(times.min() ?? 0) / lanes, (times.max() ?? 0) / lanes],
        gflops: try runs.operations(lanes: kind.lanes) / median(times) / 1e9)
    }
    return BenchReport(
      model: engine.model.description.folder, height: height, width: width, threads: threads,
      cpu: engine.cpu, steps: turn * turns, rows: rows,
      writingCosts: [1, 3].map { kind in
        Cost(
          name: kinds[kind].name,
          share: median(zip(times[kind], times[kind - 1]).map { $0 / $1 }) - 1)
      })
  }

  private static func median(_ numbers: [Double]) -> Double {
    let sorted = numbers.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// A small table.
  var text: String {
    let head = "\(model)  \(height)×\(width)  \(steps) steps  \(cpu)"
    let lines = rows.map { row in
      row.name.padding(toLength: 46, withPad: " ", startingAt: 0)
        + String(
          format: "%9.4f s/guided step (%.4f to %.4f)  %7.1f GFLOP/s", row.secondsPerGuidedStep,
          row.range[0], row.range[1], row.gflops)
    }
    let costs = writingCosts.map { cost in
      "cost of writing: " + cost.name.padding(toLength: 46, withPad: " ", startingAt: 0)
        + String(format: "%+.1f %%", 100 * cost.share)
    }
    return ([head] + lines + costs).joined(separator: "\n")
  }
}
