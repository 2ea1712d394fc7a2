import EditJobs
import Files
import Foundation
import Glibc

/// Reads commands from standard input, on a thread of its own that does nothing else.
///
/// End of input means that the daemon is gone: the process ends at once, whatever it is doing.
final class CommandReader: Sendable {
  /// No order is longer.
  private static let longestLine = 64 << 20

  private let queue: CommandQueue
  private let events: EventWriter

  init(_ queue: CommandQueue, _ events: EventWriter) {
    (self.queue, self.events) = (queue, events)
  }

  /// Starts the thread.
  func start() { Thread.detachNewThread { self.read() } }

  private func read() {
    var line: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(0, &buffer, buffer.count)
      let code = errno
      if count < 0 && code == EINTR { continue }
      guard count > 0 else { _exit(ExitStatus.ok.rawValue) }
      for part in buffer[..<count].split(
        separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
      ).enumerated() {
        if part.offset > 0 {
          take(line)
          line = []
        }
        line += part.element
      }
      guard line.count <= Self.longestLine else {
        Log.write("a command is longer than \(Self.longestLine) bytes")
        _exit(ExitStatus.data.rawValue)
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
      queue.add(try JSONDecoder().decode(WorkerCommand.self, from: Data(line)))
    } catch {
      Log.write("a command cannot be read: \(error)")
      let token = try? JSONDecoder().decode(Envelope.self, from: Data(line)).order.token
      var event = WorkerEvent(.failed, token: token)
      (event.code, event.message) = ("bad-command", "the command cannot be read: \(error)")
      event.transient = false
      events.send(event)
      if token != nil { events.send(WorkerEvent(.idle, token: token)) }
    }
  }
}
