import Foundation
import Synchronization

/// Signals that end a verb which waits: it ends in order, and says what goes on without it. A second one
/// ends it at once.
enum Interruption {
  private static let number = Atomic<Int32>(0)

  /// Listens to Ctrl-C, `kill` and the terminal's end; what is ignored, as under `nohup`, stays so.
  static func listen() {
    for signalled in [SIGINT, SIGTERM, SIGHUP] {
      let before = signal(signalled) { number in
        signal(number, SIG_DFL)
        Interruption.number.store(number, ordering: .relaxed)
      }
      if unsafeBitCast(before, to: Int.self) == 1 { signal(signalled, before) }
    }
  }

  /// - Throws: `Interrupted` where a signal came.
  static func check() throws(Interrupted) {
    let number = number.load(ordering: .relaxed)
    if number != 0 { throw Interrupted(signal: number) }
  }
}

/// A verb was ended by a signal, and ends as programs do that a signal ends.
struct Interrupted: Error {
  let signal: Int32
}
