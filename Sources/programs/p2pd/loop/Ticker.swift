import Glibc
import Foundation
import JobStore
import Synchronization

/// Says when it is time for a turn of the daemon's loop: at once when another process has written to the
/// job table, else after as long as the daemon can wait.
///
/// One thread that sleeps in the kernel: an idle daemon wakes once a second.
final class Ticker: Sendable {
  /// Between turns while there is something to do.
  static let busy: Duration = .milliseconds(100)
  /// Between turns while nothing is to be done; also how late what the kernel does not tell is seen.
  static let idle: Duration = .seconds(1)
  /// The same where the kernel cannot tell us of changes.
  private static let blind: Duration = .milliseconds(150)
  /// A commit is several changes of files.
  private static let breath: UInt32 = 15_000

  private struct State {
    var pause = Ticker.busy
    /// A turn was asked for and has not begun.
    var isAsked = false
    var isEnded = false
  }

  private let state = Mutex(State())
  private let turn: @Sendable () -> Void
  private let changes: Int32
  private let (nudged, nudging): (Int32, Int32)

  /// Watches a state folder; `turn` is called on the ticker's own thread.
  init(_ folder: StateFolder, turn: @escaping @Sendable () -> Void) {
    self.turn = turn
    changes = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
    let events = IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF
    isBlind = changes < 0 || inotify_add_watch(changes, folder.path, UInt32(events)) < 0
    var ends: [Int32] = [-1, -1]
    if pipe(&ends) == 0 {
      for end in ends {
        _ = fcntl(end, F_SETFL, O_NONBLOCK)
        _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      }
    }
    (nudged, nudging) = (ends[0], ends[1])
  }

  private let isBlind: Bool

  deinit { for file in [changes, nudged, nudging] where file >= 0 { close(file) } }

  /// Begins.
  func start() { Thread.detachNewThread { self.run() } }

  /// A turn begins: what changes from now on asks for another.
  func turned() { state.withLock { $0.isAsked = false } }

  /// How long the daemon can wait from now on.
  func pace(_ pause: Duration) {
    let isShorter = state.withLock { state in
      defer { state.pause = pause }
      return pause < state.pause
    }
    if isShorter { nudge() }
  }

  /// No more turns.
  func end() {
    state.withLock { $0.isEnded = true }
    nudge()
  }

  private func nudge() { _ = write(nudging, "x", 1) }

  private func run() {
    while true {
      let (pause, isEnded) = state.withLock { ($0.pause, $0.isEnded) }
      if isEnded { return }
      let longest = isBlind ? min(pause, Self.blind) : pause
      var files = [
        pollfd(fd: nudged, events: Int16(POLLIN), revents: 0),
        pollfd(fd: isBlind ? -1 : changes, events: Int16(POLLIN), revents: 0),
      ]
      let count = poll(&files, 2, Int32(longest.microseconds / 1000))
      if count < 0 { usleep(Self.breath) }
      // Another pace: the wait begins anew.
      if files[0].revents != 0 {
        drain(nudged)
        continue
      }
      if files[1].revents != 0 {
        guard concernsTable() else { continue }
        usleep(Self.breath)
        _ = concernsTable()
      }
      let mayAsk = state.withLock { state in
        defer { state.isAsked = true }
        return !state.isAsked
      }
      if mayAsk { turn() }
    }
  }

  private func drain(_ file: Int32) {
    var bytes = [UInt8](repeating: 0, count: 256)
    while read(file, &bytes, bytes.count) > 0 {}
  }

  /// Reads what changed; whether it is the job table, its journal, or the folder itself.
  private func concernsTable() -> Bool {
    var bytes = [UInt8](repeating: 0, count: 8192)
    var concerns = false
    while true {
      let count = read(changes, &bytes, bytes.count)
      guard count > 0 else { return concerns }
      var place = 0
      let head = MemoryLayout<inotify_event>.size
      while place + head <= count {
        let length = bytes.withUnsafeBytes {
          Int($0.loadUnaligned(fromByteOffset: place + 12, as: UInt32.self))
        }
        let name = bytes[(place + head)..<min(count, place + head + length)]
        if length == 0 || name.starts(with: "p2p.db".utf8) { concerns = true }
        place += head + length
      }
    }
  }
}
