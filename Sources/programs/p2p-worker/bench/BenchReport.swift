import EditJobs
import Foundation

/// What a measurement of one model found: kinds of work, done in turn, with medians.
struct BenchReport: Encodable {
  /// One kind of work.
  struct Row: Encodable {
    /// What it is called by programs: `step`, `recording`, `injecting`, `injecting-written`, `decode`,
    /// `encode`.
    var id: String
    var name: String
    var lanes: Int
    /// Median of one guided step of one lane, of one picture or one prompt.
    var seconds: Double
    /// The fastest and the slowest.
    var range: [Double]
    var gflops: Double
    /// What part of the machine's own product speed that is.
    var shareOfPeak: Double
  }

  /// The cost of writing, of one kind of step.
  struct Cost: Encodable {
    var name: String
    /// Median of ratios to the turn before without, minus 1.
    var share: Double
  }

  var model: String
  var height: Int
  var width: Int
  var threads: Int
  var cpu: String
  /// What products round their factors to.
  var dtype: ComputeType
  /// The promise that the numbers keep, e.g. `portable 3`.
  var numerics: String
  var steps: Int
  /// GFLOP/s of one large matrix product on all threads, the best seen between the rows: the faster of
  /// `peaks`.
  var peakGFLOPs: Double
  /// The same by our own kernels in this dtype, and by OpenBLAS in float32 where it is there.
  var peaks: [MatrixPeak.Side]
  /// From the start of the process to the end of its first step.
  var coldStartSeconds: Double
  /// The most anonymous memory that was seen: weights, tensors and working memory, no mapped files.
  var anonymousBytes: Int
  var rows: [Row]
  /// What writing maps and checkpoints costs.
  var writingCosts: [Cost]

  /// A small table.
  var text: String {
    let head =
      "\(model)  \(height)×\(width)  \(steps) steps  \(dtype.rawValue)  \(numerics)  \(cpu)"
    let lines = rows.map { row in
      row.name.padding(toLength: 46, withPad: " ", startingAt: 0)
        + String(
          format: "%9.4f s (%.4f to %.4f)  %7.1f GFLOP/s  %4.0f %% of the peak", row.seconds,
          row.range[0], row.range[1], row.gflops, 100 * row.shareOfPeak)
    }
    let costs = writingCosts.map { cost in
      "cost of writing: " + cost.name.padding(toLength: 46, withPad: " ", startingAt: 0)
        + String(format: "%+.1f %%", 100 * cost.share)
    }
    let facts = [
      peaks.text,
      String(format: "cold start to the end of the first step: %.2f s", coldStartSeconds),
      String(format: "anonymous memory at most: %.2f GB", Double(anonymousBytes) / 1e9),
    ]
    return ([head] + lines + costs + facts).joined(separator: "\n")
  }
}
