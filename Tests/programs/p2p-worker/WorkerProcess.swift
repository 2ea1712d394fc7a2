import EditJobs
import Foundation
import Testing

/// What went wrong while a worker was driven.
struct WorkerTrouble: Error, CustomStringConvertible {
  var description: String
}

/// A built `p2p-worker` that a test talks to.
final class WorkerProcess {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  static let model = root.appending(path: "models/mini-shapes").path
  /// The smallest one, of random weights.
  static let tinyModel = root.appending(path: "Tests/engine/Fixtures/models/tiny-sd1").path

  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var buffer: [UInt8] = []
  private(set) var events: [HeardEvent] = []
  private(set) var signsOfLife: [HeardEvent] = []

  /// The program beside the tests.
  static func program() throws -> URL {
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let beside = URL(filePath: own).deletingLastPathComponent().appending(path: "p2p-worker")
    for path in [beside.path, root.appending(path: ".build/release/p2p-worker").path]
    where FileManager.default.isExecutableFile(atPath: path) {
      return URL(filePath: path)
    }
    throw WorkerTrouble(description: "p2p-worker is not built beside \(own)")
  }

  init(
    _ arguments: [String], program: String? = nil, environment: [String: String] = [:]
  ) throws {
    process.executableURL = try program.map { URL(filePath: $0) } ?? Self.program()
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    (process.standardInput, process.standardOutput) = (input, output)
    process.standardError = FileHandle.nullDevice
    try process.run()
    try output.fileHandleForWriting.close()
  }

  deinit { if process.isRunning { kill(with: SIGKILL) } }

  /// `p2p-worker serve` for the bundled model.
  static func serve(_ extra: [String] = [], environment: [String: String] = [:]) throws
    -> WorkerProcess
  {
    try WorkerProcess(
      ["serve", "--model", model, "--digest", try Inspected.facts().digest.description] + extra,
      environment: environment)
  }

  func send(_ command: WorkerCommand) throws {
    send(line: String(decoding: try JSONEncoder().encode(command), as: UTF8.self))
  }

  func send(line: String) { input.fileHandleForWriting.write(Data((line + "\n").utf8)) }

  func closeInput() throws { try input.fileHandleForWriting.close() }

  func kill(with number: Int32) { Foundation.kill(process.processIdentifier, number) }

  /// The next event but `alive`; `nil` at the end of output.
  func next() throws -> HeardEvent? {
    let deadline = Date(timeIntervalSinceNow: 120)
    while true {
      if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        let line = Data(buffer[..<end])
        buffer.removeSubrange(...end)
        let event = try JSONDecoder().decode(HeardEvent.self, from: line)
        if event.event == .alive {
          signsOfLife.append(event)
          continue
        }
        events.append(event)
        return event
      }
      var descriptor = pollfd(
        fd: output.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
      guard Date() < deadline else { throw WorkerTrouble(description: "the worker is silent") }
      guard poll(&descriptor, 1, 1000) > 0 else { continue }
      let data = output.fileHandleForReading.availableData
      if data.isEmpty { return nil }
      buffer += data
    }
  }

  /// Reads until an event that fits; throws at the end of output.
  @discardableResult
  func read(until fits: (HeardEvent) -> Bool) throws -> HeardEvent {
    while let event = try next() {
      if fits(event) { return event }
    }
    throw WorkerTrouble(description: "the worker ended; it said \(events)")
  }

  /// Reads to the end of output and waits for the process.
  func finish() throws -> (status: Int32, bySignal: Bool) {
    while try next() != nil {}
    process.waitUntilExit()
    return (process.terminationStatus, process.terminationReason == .uncaughtSignal)
  }

  /// The whole standard output of a run, as bytes.
  func outputAndStatus() throws -> (Data, Int32) {
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (data, process.terminationStatus)
  }
}

/// What `p2p-worker inspect` says of the bundled model, asked once.
enum Inspected {
  private static let result = Result {
    let (data, status) = try WorkerProcess(["inspect", WorkerProcess.model]).outputAndStatus()
    guard status == 0 else { throw WorkerTrouble(description: "inspect ended with \(status)") }
    return try JSONDecoder().decode(ModelFacts.self, from: data)
  }

  static func facts() throws -> ModelFacts { try result.get() }
}
