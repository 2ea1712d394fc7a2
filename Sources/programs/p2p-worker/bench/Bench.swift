import ArgumentParser
import Foundation
import PromptToPrompt
import StableDiffusion

/// `p2p-worker bench`: seconds per guided step of a source and of variants.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure seconds per guided step, GFLOP/s, and what writing costs.",
    discussion: """
      A guided step is all evaluations of one unit in one step. GFLOP/s counts two operations for each
      multiply-add of the whole model, also of those that an injected map makes unnecessary. All
      kinds of work are done in turn, and medians are told. The peak is that of a large matrix product
      of the same process, the faster of our own in the same dtype and OpenBLAS's in float32.
      """)

  @Argument(
    help: ArgumentHelp("The model's folder, or org/name in the hub's cache.", valueName: "model"))
  var model: String

  @Option(help: "Steps to measure of each kind, after one that warms up (4); of a sweep (50).")
  var steps: Int?

  @Option(help: "Variants that run together.")
  var lanes = 4

  @Option(
    help: ArgumentHelp(
      "Where files are written meanwhile, on the disk to measure.", valueName: "dir"))
  var folder: String?

  @Flag(help: "Tell where the time of a source's step goes, layer by layer.")
  var layers = false

  @Flag(help: "Make a sweep of 48 cells with a source for each, with one source, and as a tree.")
  var sweep = false

  @Option(help: ArgumentHelp("Height and width in pixels.", valueName: "HxW"))
  var size: String?

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var settings: ModelOptions
  @OptionGroup var options: ComputeOptions

  func validate() throws {
    if let steps, !(1...500).contains(steps) {
      throw ValidationError("--steps is a number from 1 to 500: \(steps)")
    }
    if !(1...64).contains(lanes) {
      throw ValidationError("--lanes is a number from 1 to 64: \(lanes)")
    }
    if sweep, let steps, steps < 8 {
      throw ValidationError("--sweep has 8 values of tau, which need at least 8 steps: \(steps)")
    }
  }

  func run() {
    ProcessStart.run {
      let place = options.engine(model: try settings.location(model).description, digest: nil)
      try Devices.check(place)
      let output = EventWriter()
      let times = LayerTimes()
      let engine = try Engine(place, Heartbeat(nil), watcher: layers ? times : nil)
      let (height, width) = try PixelSize.of(size, engine.model.description)
      let root = "\(folder ?? NSTemporaryDirectory())/p2p-bench-\(UUID().uuidString)"
      defer { try? FileManager.default.removeItem(atPath: root) }
      if sweep {
        let bench = try SweepBench(
          engine, steps: steps ?? 50, height: height, width: width, root: root)
        let report = try bench.report(threads: options.threads)
        return json ? try output.write(report) : output.write(line: report.text)
      }
      if layers {
        let report = try layerReport(engine, times, height, width, root)
        return json ? try output.write(report) : output.write(line: report.text)
      }
      var bench = try BenchMeasurement(
        engine, steps: steps ?? 4, lanes: lanes, height: height, width: width, results: root)
      let report = try bench.report(threads: options.threads)
      if json { try output.write(report) } else { output.write(line: report.text) }
    }
  }

  private func layerReport(
    _ engine: Engine, _ times: LayerTimes, _ height: Int, _ width: Int, _ root: String
  ) throws -> LayerTimes.Report {
    let steps = steps ?? 4
    let runs = try BenchRuns(
      engine, passes: steps + 1, height: height, width: width, lanes: 1, results: root)
    try runs.sourcePass()
    var peak = MatrixPeak(threads: options.threads, engine.compute)
    for _ in 0..<steps {
      peak.measure()
      try times.measure(runs.sourcePass)
    }
    return times.report(steps: steps, peak, engine)
  }
}
