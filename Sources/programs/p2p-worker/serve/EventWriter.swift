import EditJobs
import Files
import Foundation
import Glibc
import Synchronization

/// Writes events as JSON lines to what was standard output when the process began.
///
/// Everything else that the process prints goes to standard error, whoever prints it.
final class EventWriter: Sendable {
  private let descriptor: Int32
  private let oneLine = Mutex(())

  /// Where events go that nobody reads.
  enum Discard { case nowhere }

  /// Writes nothing that anybody reads.
  init(_: Discard) { descriptor = open("/dev/null", O_WRONLY | O_CLOEXEC) }

  deinit { close(descriptor) }

  /// Takes standard output away from everybody else.
  init() {
    descriptor = dup(1)
    dup2(2, 1)
  }

  /// Writes one event.
  func send(_ event: WorkerEvent) {
    do { try write(event) } catch { Log.write("\(error)") }
  }

  /// Writes one value as a line of JSON.
  func write(_ value: some Encodable) throws {
    let line = try LineCodec.line(value)
    oneLine.withLock { _ in writeAll(line) }
  }

  /// Writes one line of text.
  func write(line: String) {
    let bytes = Array((line + "\n").utf8)
    oneLine.withLock { _ in writeAll(bytes) }
  }

  private func writeAll(_ bytes: [UInt8]) {
    let code = StandardStream.write(bytes, to: descriptor)
    guard code != 0 else { return }
    // Nobody reads any more, or nothing arrives: what follows would be lost.
    if code != EPIPE {
      Log.write("standard output cannot be written: \(String(cString: strerror(code)))")
    }
    _exit(ExitStatus.io.rawValue)
  }
}

/// Lines for people, on standard error.
enum Log {
  static func write(_ text: String) { StandardStream.note("p2p-worker: \(text)") }
}
