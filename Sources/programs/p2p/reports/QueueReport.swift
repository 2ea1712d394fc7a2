import EditJobs
import Files
import Foundation
import JobStore
import Submissions

/// The queue as a whole: the daemon, the sweeps, what failed.
struct QueueReport {
  private let queue: QueueView
  private var overview: QueueOverview { queue.overview }
  private var sweeps: [SweepSummary] { queue.sweeps }

  init(_ queue: QueueView) { self.queue = queue }

  func show(json: Bool) throws {
    if json { return try JSONOutput.print(QueueJSON(queue)) }
    try Output.line(headline)
    if queue.isRunning, overview.daemon?.isOnDemand == true {
      try Output.line(
        "it runs for \(queue.goals.isEmpty ? "nothing more" : queue.goals.joined(separator: ", ")) and then ends; "
          + "p2p stop ends it now")
    }
    if let log = queue.log { try Output.line("log: \(log)") }
    if overview.isPaused { try Output.line("paused: \(overview.pauseReason ?? "by request")") }
    for wait in queue.postponements {
      try Output.line("\(wait.units) unit\(wait.units == 1 ? " waits" : "s wait")  \(wait.reason)")
    }
    guard !sweeps.isEmpty else { return try Output.line("no sweeps") }
    var table = TableText([
      ("ID", .right), ("NAME", .left), ("STATE", .left), ("DONE", .right), ("RUN", .right),
      ("FAIL", .right), ("STEPS", .right), ("", .right), ("AGE", .left),
    ])
    for sweep in sweeps {
      let standing = sweep.standing
      // Steps of what was cancelled are not counted any more: its cells are.
      let share =
        standing.count(.cancelled) > 0
        ? 100 * standing.count(.done) / max(standing.total, 1)
        : standing.stepsTotal > 0 ? 100 * standing.stepsDone / standing.stepsTotal : 0
      table.add([
        String(sweep.id), sweep.name, sweep.word, "\(standing.count(.done))/\(standing.total)",
        dash(standing.count(.running)), dash(standing.count(.failed)),
        "\(standing.stepsDone)/\(standing.stepsTotal)", "\(share) %",
        Duration.spoken(Double(WallClock.now - sweep.createdMs) / 1000),
      ])
    }
    try Output.lines(table.lines)
    for sweep in sweeps where sweep.standing.count(.failed) > 0 {
      try Output.line("\(sweep.standing.count(.failed)) failed: p2p status \(sweep.id) --failed")
    }
  }

  private var headline: String {
    let gib = String(format: "%.0f GiB free", Double(queue.free) / 1_073_741_824)
    guard queue.isRunning else { return "no p2pd runs here    \(gib)" }
    let workers = (overview.daemon?.workers ?? []).map { worker in
      let model = worker.model.map { URL(filePath: $0).lastPathComponent } ?? "no model"
      let dtype = worker.compute.flatMap { $0 == .f32 ? nil : ", \($0.rawValue)" } ?? ""
      let kernels = worker.kernels.map { ", \($0)" } ?? ""
      return worker.place + " (" + model + dtype + kernels
        + (worker.lanes > 0 ? ", \(worker.lanes) lanes" : "") + ")"
    }
    return "p2pd running, process \(queue.process ?? 0)"
      + (workers.isEmpty ? "" : ": " + workers.joined(separator: ", ")) + "    \(gib)"
  }

  private func dash(_ count: Int) -> String { count == 0 ? "-" : String(count) }
}
