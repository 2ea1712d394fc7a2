import EditJobs
import Files
public import JobStore

/// A sweep's line as JSON.
public struct SweepJSON: Encodable, Sendable {
  var id: Int64
  var name: String
  var state: String
  var paused: Bool
  var priority: Int
  var cells: [String: Int]
  var steps_done: Int
  var steps_total: Int
  var created: String

  /// Shows how a sweep stands.
  public init(_ summary: SweepSummary) {
    (id, name, state) = (summary.id, summary.name, summary.word)
    (paused, priority) = (summary.isPaused, summary.priority)
    cells = StandingJSON(target: "", standing: summary.standing).cells
    (steps_done, steps_total) = (summary.standing.stepsDone, summary.standing.stepsTotal)
    created = WallClock.stamp(ms: summary.createdMs)
  }
}
