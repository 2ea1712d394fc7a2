import EditJobs
import Files
import Foundation
import StableDiffusion

/// Measures what sharing saves: a sweep of taus and weights over two prompts, made in three ways.
struct SweepBench {
  private let engine: Engine
  private let source: SourceSpec
  private let edits: [ResolvedEdit]
  private let root: String

  /// Prepares taus 0.125 … 1, weights 0.5, 1 and 2 from step 0, and two prompts.
  init(_ engine: Engine, steps: Int, height: Int, width: Int, root: String) throws {
    self.engine = engine
    source = SourceSpec(
      model: engine.digest, prompt: "a red circle", seed: 0, steps: steps, guidance: 7.5,
      width: width, height: height, compute: engine.compute, numerics: engine.numerics)
    let textLength = engine.model.description.textLength
    let selfWindow = try Window.defaultSelfTau.resolved(steps: steps, name: "self_tau")
    var edits: [ResolvedEdit] = []
    for prompt in ["a green circle", "a blue circle"] {
      for weight in [0.5, 1, 2] {
        for eighth in 1...8 {
          let tau = Window(to: .fraction(Double(eighth) / 8))
          edits.append(
            ResolvedEdit(
              prompt: prompt, method: .replace, steps: steps, textLength: textLength,
              mapper: .identity, cross: try tau.resolved(steps: steps, name: "tau"),
              selfWindow: selfWindow,
              weights: weight == 1
                ? [] : [.init(token: 2, value: weight, window: StepWindow(0, steps))]))
        }
      }
    }
    self.edits = edits
    self.root = root
  }

  /// Makes the sweep in each way; throws where a unit does not come to its end.
  func report(threads: Int) throws -> SweepBenchReport {
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    let variants = edits.map { WorkOrder.Variant(key: $0.key(source: source.key), edit: $0) }
    return SweepBenchReport(
      model: engine.model.description.folder, steps: source.steps, cells: variants.count,
      threads: threads, cpu: engine.cpu, dtype: engine.compute,
      rows: [
        try measure("a source for every cell") { results in
          for (number, variant) in variants.enumerated() {
            let own = "\(results)/\(number)"
            try run([], own)
            try run([variant], own)
            try FileManager.default.removeItem(atPath: own)
          }
        },
        try measure("the source once") { results in
          try run([], results)
          try run(variants, results)
        },
        try measure("the tree") { results in
          try run([], results)
          for family in Dictionary(grouping: variants, by: \.edit.prompt).values {
            let tree = RunTree(
              family.map { RunTree.Variant(key: $0.key, signatures: $0.edit.signatures) })
            try run(
              family.map { .init(key: $0.key, edit: $0.edit, trunk: tree.trunks[$0.key]) }, results)
          }
        },
      ])
  }

  /// Evaluations as the runs write them down, and wall time.
  private func measure(_ name: String, _ make: (String) throws -> Void) throws
    -> SweepBenchReport.Row
  {
    let folder = "\(root)/\(name.replacing(" ", with: "-"))"
    let ledger = "\(folder).evaluations"
    setenv("P2P_EVALUATION_LOG", ledger, 1)
    defer { unsetenv("P2P_EVALUATION_LOG") }
    let start = ContinuousClock.now
    try make(folder)
    let seconds = start.duration(to: .now) / .seconds(1)
    let lines = try String(contentsOfFile: ledger, encoding: .utf8).split(separator: "\n")
    let evaluations = lines.reduce(0) { sum, line in
      sum + (line.split(separator: " ").last.flatMap { Int($0) } ?? 0)
    }
    try? FileManager.default.removeItem(atPath: folder)
    return SweepBenchReport.Row(name: name, evaluations: evaluations, seconds: seconds)
  }

  private func run(_ variants: [WorkOrder.Variant], _ results: String) throws {
    let order = WorkOrder(
      token: 1, model: engine.model.description.folder, results: results, sourceKey: source.key,
      source: source, variants: variants)
    let run = OrderRun(engine: engine, commands: CommandQueue(), events: EventWriter(.nowhere))
    guard run.run(order) == .ok else {
      throw EditError("bench", .failed, "a run of the measurement did not come to its end")
    }
  }
}

/// What a sweep costs in three ways.
struct SweepBenchReport: Encodable {
  /// One way.
  struct Row: Encodable {
    var name: String
    var evaluations: Int
    var seconds: Double
  }

  var model: String
  var steps: Int
  var cells: Int
  var threads: Int
  var cpu: String
  var dtype: ComputeType
  var rows: [Row]

  /// A small table.
  var text: String {
    let slowest = rows.first?.seconds ?? 0
    let lines = rows.map { row in
      row.name.padding(toLength: 26, withPad: " ", startingAt: 0)
        + String(
          format: "%8d evaluations  %9.2f s  %5.2f×", row.evaluations, row.seconds,
          slowest / row.seconds)
    }
    return (["\(model)  \(cells) cells  \(steps) steps  \(dtype.rawValue)  \(cpu)"] + lines).joined(
      separator: "\n")
  }
}
