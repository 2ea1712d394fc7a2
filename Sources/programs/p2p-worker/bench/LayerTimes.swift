import EditJobs
import Foundation
import Synchronization

/// How long the layers of some steps took, by what they do: layers of equal kind and size are one line.
final class LayerTimes: BackendWatcher {
  /// What layers of one kind and size took together.
  struct Entry: Encodable {
    var name: String
    var calls: Int
    var seconds: Double
    /// Operations of a matrix product, two for each multiply-add.
    var operations: Double
  }

  private let entries = Mutex<[String: Entry]>([:])
  private let on = Atomic<Bool>(false)

  /// Adds up what `body` takes; before and after, nothing is: a model warms up, others are measured.
  func measure(_ body: () throws -> Void) rethrows {
    on.store(true, ordering: .relaxed)
    defer { on.store(false, ordering: .relaxed) }
    try body()
  }

  func beat() {}

  /// Makes a layer and notes its time.
  func watch<Result>(
    _ name: @autoclosure () -> String, operations: Int, _ body: () -> Result
  ) -> Result {
    guard on.load(ordering: .relaxed) else { return body() }
    let name = name()
    let start = ContinuousClock.now
    let result = body()
    let seconds = start.duration(to: .now) / .seconds(1)
    entries.withLock { entries in
      var entry = entries[name] ?? Entry(name: name, calls: 0, seconds: 0, operations: 0)
      entry.calls += 1
      entry.seconds += seconds
      entry.operations += Double(operations)
      entries[name] = entry
    }
    return result
  }

  /// The layers of so many steps, those with the most time first.
  func report(steps: Int, _ peak: MatrixPeak, _ engine: Engine) -> Report {
    Report(
      steps: steps, dtype: engine.compute, numerics: engine.numerics.text,
      peakGFLOPs: peak.gflops, peaks: peak.sides,
      layers: entries.withLock { Array($0.values) }.sorted {
        ($0.seconds, $1.name) > ($1.seconds, $0.name)
      })
  }

  /// Where the time of a guided step goes.
  struct Report: Encodable {
    var steps: Int
    var dtype: ComputeType
    var numerics: String
    /// GFLOP/s of one large matrix product: the faster of `peaks`.
    var peakGFLOPs: Double
    var peaks: [MatrixPeak.Side]
    var layers: [Entry]

    /// A table: milliseconds a step, and how many times their floor layers of products take.
    var text: String {
      let total = layers.reduce(0) { $0 + $1.seconds }
      let lines = layers.map { layer in
        let head =
          layer.name.padding(toLength: 58, withPad: " ", startingAt: 0)
          + String(
            format: "%4d × %9.3f ms  %5.1f %%", layer.calls / steps,
            1e3 * layer.seconds / Double(layer.calls), 100 * layer.seconds / total)
        guard layer.operations > 0 else { return head }
        let speed = layer.operations / layer.seconds / 1e9
        return head
          + String(format: "  %7.1f GFLOP/s  %5.2f × floor", speed, peakGFLOPs / speed)
      }
      let sum =
        String(format: "%.4f s a guided step in layers; ", total / Double(steps))
        + "\(peaks.text); \(dtype.rawValue), \(numerics)"
      return (lines + [sum]).joined(separator: "\n")
    }
  }
}
