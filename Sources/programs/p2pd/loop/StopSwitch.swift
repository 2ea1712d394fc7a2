import Glibc
import Synchronization

/// Whether somebody asked the daemon to end. The loop reads it in its inbox; who waits in the middle of a
/// message for a disk or another process looks here.
final class StopSwitch: Sendable {
  /// How long a wait for the job table may go on after the request.
  private static let patience: Duration = .milliseconds(500)

  private let since = Mutex<ContinuousClock.Instant?>(nil)

  /// Asks for the end.
  func press() { since.withLock { $0 = $0 ?? .now } }

  /// Whether the end was asked for.
  var isPressed: Bool { since.withLock { $0 != nil } }

  /// Whether it is still worth to wait for the job table: what a stop does not write down is put right by
  /// the next start.
  var mayWait: Bool {
    since.withLock { $0.map { $0.duration(to: .now) < Self.patience } ?? true }
  }

  /// Whether a moment has passed since the end was asked for.
  func isPressed(for time: Duration) -> Bool {
    since.withLock { $0.map { $0.duration(to: .now) >= time } ?? false }
  }

  /// Sleeps, but not beyond the request.
  func pause(_ tenths: Int) {
    for _ in 0..<tenths where !isPressed { usleep(100_000) }
  }
}
