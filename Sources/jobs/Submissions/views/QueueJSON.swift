import EditJobs
import Files
import JobStore

/// The queue as JSON.
public struct QueueJSON: Encodable, Sendable {
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

  struct WaitJSON: Encodable, Sendable {
    var code: String
    var error: String
    var units: Int
    var due: String
  }

  /// Shows a queue.
  public init(_ queue: QueueView) {
    func named(_ counts: [UnitState: Int]) -> [String: Int] {
      Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, $0.value) })
    }
    let overview = queue.overview
    (running, process, log) = (queue.isRunning, queue.process, queue.log)
    goals = queue.isRunning && overview.daemon?.isOnDemand == true ? queue.goals : nil
    (paused, reason, free_bytes) = (overview.isPaused, overview.pauseReason, queue.free)
    (sources, variants) = (named(overview.sources), named(overview.variants))
    waiting = queue.postponements.map {
      WaitJSON(code: $0.code, error: $0.text, units: $0.units, due: WallClock.stamp(ms: $0.dueMs))
    }
    sweeps = queue.sweeps.map(SweepJSON.init)
  }
}
