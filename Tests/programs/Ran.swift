import Foundation

/// What a program did that was run to its end.
struct Ran {
  var status: Int32
  var output: String
  var errors: String

  /// Everything that it printed.
  var text: String { output + errors }

  /// Runs a program, by its path or its name, with an environment that adds to our own.
  init(_ program: String, _ arguments: [String], _ environment: [String: String] = [:]) throws {
    let process = Process()
    process.executableURL = URL(filePath: program.contains("/") ? program : "/usr/bin/env")
    process.arguments = program.contains("/") ? arguments : [program] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    let (printed, said) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (printed, said)
    try process.run()
    // Both are small; a full pipe would block the program.
    let output = printed.fileHandleForReading.readDataToEndOfFile()
    let errors = said.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    status = process.terminationStatus
    self.output = String(decoding: output, as: UTF8.self)
    self.errors = String(decoding: errors, as: UTF8.self)
  }
}
