import Glibc
import Synchronization

/// How long a statement waits while another process has the job table, and who may end the wait.
public struct Patience: Sendable {
  /// Asked before each of the short pauses of a wait; `false` gives up at once.
  public var mayWait: @Sendable () -> Bool

  /// Waits for `JobStore.busySeconds` at most.
  public init(mayWait: @escaping @Sendable () -> Bool = { true }) { self.mayWait = mayWait }
}

/// One connection's waits: SQLite's own pauses, until the time is over or nobody wants to wait.
final class BusyWait: Sendable {
  private static let pauses: [UInt32] = [1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, 100]

  private let patience: Patience
  private let longest: Duration
  private let begin = Mutex(ContinuousClock.now)

  init(_ patience: Patience, longest: Duration) {
    (self.patience, self.longest) = (patience, longest)
  }

  /// Pauses; whether the statement is to be tried again.
  func goesOn(after tries: Int) -> Bool {
    let now = ContinuousClock.now
    if tries == 0 { begin.withLock { $0 = now } }
    guard patience.mayWait(), begin.withLock({ $0 }).duration(to: now) < longest else {
      return false
    }
    usleep(1000 * Self.pauses[min(tries, Self.pauses.count - 1)])
    return true
  }
}
