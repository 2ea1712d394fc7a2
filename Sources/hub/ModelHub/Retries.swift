import Glibc

/// Tries that gave nothing: how long to wait, and when to give up.
struct Retries {
  /// Tries without progress.
  static let most = 5
  /// The longest wait that a server may ask for, in seconds.
  static let longest = 300.0

  private let pause: (Double) throws -> Void
  private var failures = 0

  init(pause: @escaping (Double) throws -> Void) { self.pause = pause }

  /// Something came: counting begins again.
  mutating func progressed() { failures = 0 }

  /// Waits before the next try.
  ///
  /// - Parameter telling: is told why and how many seconds.
  /// - Throws: `HubInterrupted`; the failure itself where it was the last try.
  mutating func failed(_ failure: TransferFailure, telling: (String, Double) -> Void) throws {
    if case .cancelled = failure { throw HubInterrupted() }
    if case .useless = failure { throw failure }
    failures += 1
    var seconds = min(30, Double(1 << min(failures - 1, 5)))
    if case .busy(_, let asked?) = failure { seconds = max(seconds, asked) }
    guard failures < Self.most, seconds <= Self.longest else { throw failure }
    telling(failure.reason, seconds)
    try pause(seconds)
  }

  /// Sleeps, and looks ten times a second whether it should end.
  static func sleeping(unless isCancelled: @escaping () -> Bool) -> (Double) throws -> Void {
    { seconds in
      for _ in 0..<Int((seconds * 10).rounded(.up)) {
        guard !isCancelled() else { throw HubInterrupted() }
        usleep(100_000)
      }
    }
  }
}
