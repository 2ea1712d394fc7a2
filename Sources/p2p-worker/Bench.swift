import ArgumentParser
import EditJobs
import Foundation
import PromptToPrompt
import StableDiffusion

/// `p2p-worker bench`: seconds per guided step of a source and of variants.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure seconds per guided step, and GFLOP/s.",
    discussion: """
      A guided step is all evaluations of one unit in one step. GFLOP/s counts two operations for each
      multiply-add of the whole model, also of those that an injected map makes unnecessary.
      """)

  @Argument(
    help: ArgumentHelp("The model's folder, or org/name in the hub's cache.", valueName: "model"))
  var model: String

  @Option(help: "Steps to measure of each kind, after one that warms up (4); of a sweep (50).")
  var steps: Int?

  @Flag(help: "Make a sweep of 48 cells with a source for each, with one source, and as a tree.")
  var sweep = false

  @Option(help: ArgumentHelp("Height and width in pixels.", valueName: "HxW"))
  var size: String?

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var options: ComputeOptions

  func validate() throws {
    if let steps, !(1...500).contains(steps) {
      throw ValidationError("--steps is a number from 1 to 500: \(steps)")
    }
    if sweep, let steps, steps < 8 {
      throw ValidationError("--sweep has 8 values of tau, which need at least 8 steps: \(steps)")
    }
  }

  func run() {
    ProcessStart.run {
      try ProcessStart.chooseKernels(options.numerics)
      let output = EventWriter()
      let silent = Heartbeat(nil)
      let folder = try NamedModel.folder(model)
      let engine = try Engine(options.engine(model: folder, digest: nil), silent)
      let (height, width) = try PixelSize.of(size, engine.model.description)
      if sweep {
        let bench = try SweepBench(engine, steps: steps ?? 50, height: height, width: width)
        let report = try bench.report(threads: options.threads)
        return json ? try output.write(report) : output.write(line: report.text)
      }
      let report = try BenchRuns(engine, steps: steps ?? 4, height: height, width: width).report(
        threads: options.threads)
      if json { try output.write(report) } else { output.write(line: report.text) }
    }
  }
}

/// What a measurement found.
struct BenchReport: Encodable {
  /// One kind of step.
  struct Row: Encodable {
    var name: String
    var lanes: Int
    var secondsPerGuidedStep: Double
    var gflops: Double
  }

  var model: String
  var height: Int
  var width: Int
  var threads: Int
  var cpu: String
  var steps: Int
  var rows: [Row]

  /// A small table.
  var text: String {
    let head = "\(model)  \(height)×\(width)  \(steps) steps  \(cpu)"
    let lines = rows.map { row in
      let name = row.name.padding(toLength: 26, withPad: " ", startingAt: 0)
      let numbers = String(
        format: "%10.4f s/guided step  %8.1f GFLOP/s", row.secondsPerGuidedStep, row.gflops)
      return name + numbers
    }
    return ([head] + lines).joined(separator: "\n")
  }
}
