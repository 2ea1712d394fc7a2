import EditJobs
import Synchronization

/// Says that the computing thread lives, at most once a second, in whatever phase it is.
final class Heartbeat: BackendWatcher {
  private struct State {
    var phase = WorkerPhase.load
    var token: Int64?
    var unit: Key?
    var last = ContinuousClock.now
  }

  private let events: EventWriter?
  private let state = Mutex(State())

  /// Tells `events`, or nobody.
  init(_ events: EventWriter?) { self.events = events }

  /// A phase begins, of a unit or of a whole batch.
  func enter(_ phase: WorkerPhase, token: Int64? = nil, unit: Key? = nil) {
    state.withLock { ($0.phase, $0.token, $0.unit) = (phase, token, unit) }
    beat()
  }

  /// A long step, load or decode is heard of from inside.
  func watch<Result>(
    _ name: @autoclosure () -> String, operations: Int, _ body: () -> Result
  ) -> Result {
    beat()
    return body()
  }

  /// To be called often, by the computing thread alone.
  func beat() {
    let event = state.withLock { state -> WorkerEvent? in
      guard state.last.duration(to: .now) >= .seconds(1) else { return nil }
      state.last = .now
      return .alive(WorkerEvent.SignOfLife(state.phase, token: state.token, unit: state.unit))
    }
    if let event { events?.send(event) }
  }
}
