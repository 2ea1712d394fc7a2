import Synchronization

/// What is known of a worker process right now, written by its readers and by the daemon, read by its
/// supervisor and by the watchdog.
final class WorkerHealth: Sendable {
  /// Why a process is being ended.
  enum Cause: Sendable, Equatable {
    /// The daemon no longer needs it.
    case stop
    /// It was silent for longer than its budget.
    case hung(phase: String)
    /// It said something that is not the protocol.
    case protocolError(String)
  }

  /// What the supervisor does next.
  enum Action: Sendable, Equatable { case nothing, terminate, kill }

  private struct State {
    var heard: ContinuousClock.Instant
    var supervised: ContinuousClock.Instant
    var ready = false
    var busy = false
    var phase = "start"
    var cause: Cause?
    var causeAt: ContinuousClock.Instant?
    var terminatedAt: ContinuousClock.Instant?
    var killed = false
  }

  private let state: Mutex<State>
  private let started = ContinuousClock.now
  private let budget: HangBudget
  private let startBudget: Duration

  init(budget: HangBudget, modelBytes: Int64) {
    self.budget = budget
    startBudget = budget.start(modelBytes: modelBytes)
    state = Mutex(State(heard: .now, supervised: .now))
  }

  /// Notes a line of the worker.
  func heard(phase: String?, ready: Bool = false) {
    state.withLock {
      $0.heard = .now
      if let phase { $0.phase = phase }
      if ready { $0.ready = true }
    }
  }

  /// Notes that an order begins or ends.
  func setBusy(_ busy: Bool) {
    state.withLock { ($0.busy, $0.heard) = (busy, .now) }
  }

  /// Asks for the process's end; the first cause stays.
  func end(_ cause: Cause) {
    state.withLock {
      guard $0.cause == nil else { return }
      ($0.cause, $0.causeAt) = (cause, .now)
    }
  }

  /// Why the process is being ended, where it is.
  var cause: Cause? { state.withLock { $0.cause } }

  private func isSilent(_ state: State, at now: ContinuousClock.Instant, slack: Duration) -> Bool {
    let silence = state.heard.duration(to: now)
    if !state.ready {
      return started.duration(to: now) > startBudget + slack && silence > budget.start + slack
    }
    return state.busy && silence > budget.silence + slack
  }

  /// What is due now: the steps from `stop` over SIGTERM to SIGKILL.
  func nextAction(now: ContinuousClock.Instant = .now) -> Action {
    state.withLock { state in
      state.supervised = now
      if state.cause == nil, isSilent(state, at: now, slack: .zero) {
        (state.cause, state.causeAt) = (.hung(phase: state.phase), now)
      }
      guard let cause = state.cause, let since = state.causeAt, !state.killed else {
        return .nothing
      }
      if let terminated = state.terminatedAt {
        return terminated.duration(to: now) >= budget.terminate ? .kill : .nothing
      }
      let wait = cause == .stop ? budget.stop : .zero
      return since.duration(to: now) >= wait ? .terminate : .nothing
    }
  }

  /// Notes a signal that was sent.
  func sent(_ action: Action) {
    state.withLock {
      switch action {
      case .nothing: break
      case .terminate: $0.terminatedAt = .now
      case .kill: $0.killed = true
      }
    }
  }

  /// Whether somebody should have acted and did not: the watchdog goes hungry.
  func isNeglected(now: ContinuousClock.Instant = .now) -> Bool {
    state.withLock { state in
      if state.supervised.duration(to: now) > Watchdog.loopBudget { return true }
      guard state.terminatedAt == nil else { return false }
      if case .stop = state.cause { return false }
      return isSilent(state, at: now, slack: .seconds(1))
    }
  }
}
