import Foundation

/// The built `p2p`, beside the tests.
enum BuiltProgram {
  struct Ran {
    var status: Int32
    var isSignalled: Bool
    var output: String
    var errors: String
  }

  static let folder: String = {
    let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(filePath: own ?? "").deletingLastPathComponent().path
  }()

  /// Runs a program to its end.
  static func run(
    _ arguments: [String], program: String = "p2p", environment: [String: String],
    meanwhile: (Process) throws -> Void = { _ in }
  ) throws -> Ran {
    let process = Process()
    process.executableURL = URL(filePath: "\(folder)/\(program)")
    process.arguments = arguments
    var all = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("HF_") }
    all["no_proxy"] = "127.0.0.1"
    process.environment = all.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, errors)
    try process.run()
    try meanwhile(process)
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let words = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Ran(
      status: process.terminationStatus,
      isSignalled: process.terminationReason == .uncaughtSignal,
      output: String(decoding: text, as: UTF8.self),
      errors: String(decoding: words, as: UTF8.self))
  }
}
