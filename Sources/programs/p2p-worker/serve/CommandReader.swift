import EditJobs
import Files
import Foundation
import Glibc

/// Reads commands from standard input, on a thread of its own that does nothing else.
///
/// End of input means that the daemon is gone: the process ends at once, whatever it is doing.
final class CommandReader: Sendable {
  private let queue: CommandQueue
  private let events: EventWriter

  init(_ queue: CommandQueue, _ events: EventWriter) {
    (self.queue, self.events) = (queue, events)
  }

  /// Starts the thread.
  func start() { Thread.detachNewThread { self.read() } }

  private func read() {
    var lines = LineCodec()
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(0, &buffer, buffer.count)
      let code = errno
      if count < 0 && code == EINTR { continue }
      guard count > 0 else { _exit(ExitStatus.ok.rawValue) }
      for line in lines.lines(adding: Array(buffer[..<count])) {
        do { take(try line.get()) } catch {
          Log.write("a command cannot be read: \(error)")
          _exit(ExitStatus.data.rawValue)
        }
      }
    }
  }

  private struct Envelope: Decodable {
    struct Order: Decodable { var token: Int64 }
    var order: Order
  }

  private func take(_ line: [UInt8]) {
    guard !line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) else { return }
    do {
      queue.add(try LineCodec.value(WorkerCommand.self, of: line))
    } catch {
      Log.write("a command cannot be read: \(error)")
      let token = try? LineCodec.value(Envelope.self, of: line).order.token
      let refusal = WorkerEvent.Refusal(
        code: "bad-command", message: "the command cannot be read: \(error)", isTransient: false)
      events.send(.refused(refusal, token: token))
      if let token { events.send(.idle(token: token)) }
    }
  }
}
