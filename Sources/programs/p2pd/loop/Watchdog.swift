import Foundation
import Synchronization

/// Feeds the service manager's watchdog while the daemon lives: its loop turns, and every worker that
/// should be killed is being killed. An idle queue or a long model load is no hang.
///
/// It has a thread of its own, so that nothing that blocks the daemon can keep it fed.
final class Watchdog: Sendable {
  /// How long one turn of a loop may take.
  static let loopBudget: Duration = .seconds(20)

  private struct State {
    var beat = ContinuousClock.now
    var workers: [Int: WorkerHealth] = [:]
    var ended = false
  }

  private let state = Mutex(State())

  /// The daemon's loop turned.
  func beat() { state.withLock { $0.beat = .now } }

  /// Watches a worker; `nil` forgets it.
  func watch(_ worker: Int, _ health: WorkerHealth?) {
    state.withLock { $0.workers[worker] = health }
  }

  /// Whether everything that must turn turns.
  var isAlive: Bool {
    let now = ContinuousClock.now
    let (beat, workers) = state.withLock { ($0.beat, Array($0.workers.values)) }
    return beat.duration(to: now) <= Self.loopBudget
      && !workers.contains { $0.isNeglected(now: now) }
  }

  /// Starts feeding, a third of the manager's interval apart.
  func start(_ notify: SystemdNotify) {
    guard let interval = notify.watchdog else { return }
    let pause = (interval / 3).microseconds
    Thread.detachNewThread { [self] in
      while !state.withLock({ $0.ended }) {
        if isAlive { notify.send("WATCHDOG=1") }
        usleep(UInt32(clamping: min(max(pause, 1000), 10_000_000)))
      }
    }
  }

  /// Stops feeding.
  func end() { state.withLock { $0.ended = true } }
}

extension Duration {
  /// Whole microseconds.
  var microseconds: Int64 {
    components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
  }
}
