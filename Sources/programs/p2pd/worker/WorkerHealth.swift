import EditJobs
import Synchronization

/// What is known of a worker process right now, written by its readers and by the daemon, read by its
/// supervisor and by the watchdog.
final class WorkerHealth: Sendable {
  /// Why a process is being ended.
  enum Cause: Sendable, Equatable {
    /// The daemon no longer needs it.
    case stop
    /// It was silent for longer than its budget; `nil` where it had named no phase yet.
    case hung(phase: WorkerPhase?)
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
    var phase: WorkerPhase?
    /// The longest step of this order, or of one like it.
    var step: Duration?
    /// Whether the order's first step is still to come.
    var isFirst = true
    var cause: Cause?
    var causeAt: ContinuousClock.Instant?
    var terminatedAt: ContinuousClock.Instant?
    var killed = false
  }

  private let state: Mutex<State>
  private let started = ContinuousClock.now
  private let budget: HangBudget
  private let startBudget: Duration
  private let loading: Duration

  init(budget: HangBudget, modelBytes: Int64) {
    self.budget = budget
    startBudget = budget.start(modelBytes: modelBytes)
    loading = budget.loading(modelBytes: modelBytes)
    state = Mutex(State(heard: .now, supervised: .now))
  }

  /// Notes a line of the worker, and how long a step took.
  func heard(_ event: WorkerEvent) {
    state.withLock { state in
      state.heard = .now
      switch event {
      case .alive(let sign): state.phase = sign.phase
      case .ready: state.ready = true
      case .unit(_, _, .step(let record)):
        state.isFirst = false
        state.step = max(state.step ?? .zero, .milliseconds(record.ms))
      case .unit, .refused, .idle: break
      }
    }
  }

  /// Notes that an order begins, whose steps may take so long; `nil` where nobody knows.
  func begin(step: Duration?) {
    state.withLock { ($0.busy, $0.heard, $0.step, $0.isFirst) = (true, .now, step, true) }
  }

  /// Notes that an order is over.
  func rest() {
    state.withLock { ($0.busy, $0.heard) = (false, .now) }
  }

  /// Whether it is ready, has nothing to do and is not to end.
  var isResting: Bool { state.withLock { $0.ready && !$0.busy && $0.cause == nil } }

  /// Whether a SIGKILL of ours was sent.
  var isKilled: Bool { state.withLock { $0.killed } }

  private func silence(_ state: State) -> Duration {
    budget.silence(step: state.step) + (state.isFirst ? loading : .zero)
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
    return state.busy && silence > self.silence(state) + slack
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
      // A worker that is not ready has nothing in hand, and may not hear us.
      let wait = cause == .stop && state.ready ? max(budget.stop, silence(state)) : .zero
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
