public import Files
public import Foundation
public import Subprocess

extension SiblingProgram {
  /// How a program ended that was to answer something.
  public enum Answer: Sendable {
    /// It ended with status 0, after it had printed this on standard output.
    case printed(Data)
    /// It ended in another way.
    case ended(TerminationStatus)
    /// It took too long, or whoever asked did not want to know any more, and was killed.
    case late
  }

  /// Runs the program to its end with nothing to read; what it says on standard error is passed over.
  ///
  /// - Throws: where it cannot be run.
  public func answers(_ arguments: [String], within limit: Duration) async throws -> Answer {
    try await withThrowingTaskGroup(of: Answer.self) { group in
      group.addTask {
        var platform = PlatformOptions()
        platform.teardownSequence = []
        let record = try await Subprocess.run(
          try executable, arguments: Arguments(arguments),
          environment: .inherit.updating([
            "NOTIFY_SOCKET": nil, "WATCHDOG_USEC": nil, "WATCHDOG_PID": nil,
          ]),
          platformOptions: platform, input: .none, output: .string(limit: 1 << 20),
          error: .discarded)
        return record.terminationStatus.isSuccess
          ? .printed(Data(record.standardOutput.utf8)) : .ended(record.terminationStatus)
      }
      group.addTask {
        try? await Task.sleep(for: limit)
        return .late
      }
      defer { group.cancelAll() }
      return try await group.next() ?? .late
    }
  }

  /// What the program prints on standard output when it is run to its end; `nil` where it ended with
  /// another status than 0, or took too long.
  ///
  /// - Throws: where it cannot be run.
  public func answer(_ arguments: [String], within limit: Duration) async throws -> Data? {
    guard case .printed(let data) = try await answers(arguments, within: limit) else { return nil }
    return data
  }
}
