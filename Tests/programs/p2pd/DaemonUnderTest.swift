import EditJobs
import Foundation
import JobStore
import Synchronization

/// The programs that were built with these tests.
enum Built {
  /// The folder of the running test program: the build's folder.
  static let folder: String = {
    let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(filePath: own ?? "").deletingLastPathComponent().path
  }()

  static func program(_ name: String) -> String { "\(folder)/\(name)" }
}

/// A `p2pd` in folders of its own, which ends with the test.
final class DaemonUnderTest: Sendable {
  /// What it printed on standard error.
  final class Log: Sendable {
    private let bytes = Mutex(Data())
    func add(_ more: Data) { bytes.withLock { $0 += more } }
    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
  }

  let folder: StateFolder
  let log = Log()
  private let process: Mutex<Process>
  /// Kept: a pipe without a reader is an error to its writer, not a wait.
  private let errors = Pipe()

  var pid: Int32 { process.withLock { $0.processIdentifier } }
  var isRunning: Bool { process.withLock { $0.isRunning } }
  var status: Int32 { process.withLock { $0.terminationStatus } }

  /// Starts a daemon; `reads` says whether anybody reads its standard error. What `through` says starts
  /// it, and becomes it.
  init(
    _ folder: StateFolder, _ arguments: [String] = [], environment: [String: String] = [:],
    through: [String] = [], reads: Bool = true
  ) throws {
    self.folder = folder
    let process = Process()
    let all = through + [Built.program("p2pd"), "run", "--state", folder.path] + arguments
    process.executableURL = URL(filePath: all[0])
    process.arguments = Array(all.dropFirst())
    var variables = ProcessInfo.processInfo.environment
    variables["NOTIFY_SOCKET"] = nil
    for (name, value) in environment { variables[name] = value }
    process.environment = variables
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    if reads {
      let log = log
      errors.fileHandleForReading.readabilityHandler = { handle in
        let data = handle.availableData
        if data.isEmpty { handle.readabilityHandler = nil } else { log.add(data) }
      }
    }
    try process.run()
    self.process = Mutex(process)
  }

  deinit {
    if isRunning { kill(pid, SIGKILL) }
  }

  func signal(_ number: Int32) { kill(pid, number) }

  /// Waits until it has ended; `nil` where it does not in time.
  func ended(within seconds: Double = 30) async -> Int32? {
    await wait(seconds) { !self.isRunning } ? status : nil
  }

  /// The workers that it started: not what it asks about the machine, and nothing that is still a
  /// copy of itself.
  var children: [Int32] {
    let text = try? String(
      contentsOfFile: "/proc/\(pid)/task/\(pid)/children", encoding: .utf8)
    let all =
      text.flatMap { $0.isEmpty ? nil : $0.split(separator: " ").compactMap { Int32($0) } }
      ?? ProcessList.children(of: pid)
    let own = ProcessList.arguments(pid)
    return all.filter { child in
      let arguments = ProcessList.arguments(child)
      return arguments != own && !arguments.contains("inspect")
    }
  }
}

/// Processes as /proc shows them.
enum ProcessList {
  /// Parent and state letter of a process; `nil` where there is none.
  static func facts(_ pid: Int32) -> (parent: Int32, state: Character)? {
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 1, let state = fields[0].first, let parent = Int32(fields[1]) else {
      return nil
    }
    return (parent, state)
  }

  /// What a process was started with.
  static func arguments(_ pid: Int32) -> [String] {
    let text = try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8)
    return (text ?? "").split(separator: "\0").map(String.init)
  }

  static func children(of parent: Int32) -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }.filter { facts($0)?.parent == parent }
  }

  /// Whether a process still does something.
  static func isAlive(_ pid: Int32) -> Bool {
    facts(pid).map { $0.state != "Z" && $0.state != "X" } ?? false
  }
}

/// Asks again and again until something holds; whether it did in time.
func wait(_ seconds: Double = 20, until holds: () async throws -> Bool) async rethrows -> Bool {
  let deadline = ContinuousClock.now + .seconds(seconds)
  while ContinuousClock.now < deadline {
    if try await holds() { return true }
    try? await Task.sleep(for: .milliseconds(50))
  }
  return try await holds()
}

/// A folder that goes with the value.
final class TemporaryFolder: Sendable {
  let path: String
  init() throws {
    // Short: the path of a socket may have 107 bytes.
    path = "/tmp/p2p-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(atPath: path) }

  var state: StateFolder { StateFolder(path: "\(path)/state") }

  /// Writes an executable script.
  func script(_ name: String, _ text: String) throws -> String {
    let file = "\(path)/\(name)"
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    guard chmod(file, 0o755) == 0 else { throw CocoaError(.fileWriteNoPermission) }
    return file
  }
}
