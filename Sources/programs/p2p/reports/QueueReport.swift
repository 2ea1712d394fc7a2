import EditJobs
import Files
import Foundation
import JobStore

/// The queue as a whole: the daemon, the sweeps, what failed.
struct QueueReport {
  private let overview: QueueOverview
  private let sweeps: [SweepSummary]
  private let postponements: [Postponement]
  /// The daemon's process; `nil` where none runs.
  private let process: Int32?
  /// What verbs wait for.
  private let goals: [String]
  /// The daemons' log, where there is one.
  private let log: String?
  private var running: Bool { process != nil }
  private let free: Int64

  init(store: JobStore, folder: StateFolder, failed: Bool) throws(EditError) {
    overview = try store.overview()
    postponements = try store.postponements()
    let all = try store.sweeps()
    sweeps = failed ? all.filter { $0.standing.count(.failed) > 0 } : all
    process = FolderLock.holder(folder)
    goals = overview.daemon?.isOnDemand == true ? DaemonGoals(folder).names() : []
    let log = overview.daemon?.log ?? folder.daemonLog
    self.log = access(log, F_OK) == 0 ? log : nil
    var facts = statvfs()
    let place = access(folder.results, F_OK) == 0 ? folder.results : folder.path
    free = statvfs(place, &facts) == 0 ? Int64(facts.f_bavail) * Int64(facts.f_frsize) : 0
  }

  func show(json: Bool) throws {
    if json { return try JSONOutput.print(document) }
    try Output.line(headline)
    if running, overview.daemon?.isOnDemand == true {
      try Output.line(
        "it runs for \(goals.isEmpty ? "nothing more" : goals.joined(separator: ", ")) and then ends; "
          + "p2p stop ends it now")
    }
    if let log { try Output.line("log: \(log)") }
    if overview.isPaused { try Output.line("paused: \(overview.pauseReason ?? "by request")") }
    for wait in postponements {
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
    let gib = String(format: "%.0f GiB free", Double(free) / 1_073_741_824)
    guard running else { return "no p2pd runs here    \(gib)" }
    let workers = (overview.daemon?.workers ?? []).map { worker in
      let model = worker.model.map { URL(filePath: $0).lastPathComponent } ?? "no model"
      let dtype = worker.compute.flatMap { $0 == .f32 ? nil : ", \($0.rawValue)" } ?? ""
      let kernels = worker.kernels.map { ", \($0)" } ?? ""
      return worker.place + " (" + model + dtype + kernels
        + (worker.lanes > 0 ? ", \(worker.lanes) lanes" : "") + ")"
    }
    return "p2pd running, process \(process ?? 0)"
      + (workers.isEmpty ? "" : ": " + workers.joined(separator: ", ")) + "    \(gib)"
  }

  private func dash(_ count: Int) -> String { count == 0 ? "-" : String(count) }

  private struct Document: Encodable {
    var schema = "p2p.status/1"
    var running: Bool
    var process: Int32?
    /// What verbs wait for, where the daemon ends after it.
    var goals: [String]?
    var log: String?
    var paused: Bool
    var reason: String?
    var free_bytes: Int64
    var sources: [String: Int]
    var variants: [String: Int]
    var waiting: [WaitJSON]
    var sweeps: [SweepJSON]
  }

  private struct WaitJSON: Encodable {
    var code: String
    var error: String
    var units: Int
    var due: String
  }

  private var document: Document {
    func named(_ counts: [UnitState: Int]) -> [String: Int] {
      Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, $0.value) })
    }
    return Document(
      running: running, process: process,
      goals: running && overview.daemon?.isOnDemand == true ? goals : nil, log: log,
      paused: overview.isPaused, reason: overview.pauseReason, free_bytes: free,
      sources: named(overview.sources), variants: named(overview.variants),
      waiting: postponements.map {
        WaitJSON(code: $0.code, error: $0.text, units: $0.units, due: WallClock.stamp(ms: $0.dueMs))
      }, sweeps: sweeps.map(SweepJSON.init))
  }
}

/// A sweep's line as JSON.
struct SweepJSON: Encodable {
  var id: Int64
  var name: String
  var state: String
  var paused: Bool
  var priority: Int
  var cells: [String: Int]
  var steps_done: Int
  var steps_total: Int
  var created: String

  init(_ summary: SweepSummary) {
    (id, name, state) = (summary.id, summary.name, summary.word)
    (paused, priority) = (summary.isPaused, summary.priority)
    cells = StandingJSON(target: "", standing: summary.standing).cells
    (steps_done, steps_total) = (summary.standing.stepsDone, summary.standing.stepsTotal)
    created = WallClock.stamp(ms: summary.createdMs)
  }
}
