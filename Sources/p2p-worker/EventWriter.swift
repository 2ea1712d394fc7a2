import EditJobs
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
    signal(SIGPIPE, SIG_IGN)
  }

  /// Writes one event.
  func send(_ event: WorkerEvent) {
    do { writeLine(try Self.encoder().encode(event)) } catch { Log.write("\(error)") }
  }

  /// Writes one value as a line of JSON.
  func write(_ value: some Encodable) throws { writeLine(try Self.encoder().encode(value)) }

  /// Writes one line of text.
  func write(line: String) { writeLine(Data(line.utf8)) }

  private static func encoder() -> JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }

  private func writeLine(_ line: Data) {
    let bytes = Array(line) + [UInt8(ascii: "\n")]
    oneLine.withLock { _ in writeAll(bytes) }
  }

  private func writeAll(_ bytes: [UInt8]) {
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      let code = errno
      if count > 0 {
        done += count
      } else if code != EINTR {
        // Nobody reads any more: what follows would be lost.
        _exit(ExitStatus.io.rawValue)
      }
    }
  }
}

/// Lines for people, on standard error.
enum Log {
  static func write(_ text: String) {
    let bytes = Array("p2p-worker: \(text)\n".utf8)
    _ = bytes.withUnsafeBytes { Glibc.write(2, $0.baseAddress, $0.count) }
  }
}
