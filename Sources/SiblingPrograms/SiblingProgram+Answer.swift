public import Foundation
import Subprocess

extension SiblingProgram {
  /// What the program prints on standard output when it is run to its end with nothing to read; what
  /// it says elsewhere is passed over.
  ///
  /// A program that takes longer, or whose task is cancelled, is killed.
  /// - Returns: `nil` where it ended with another status than 0, or was killed.
  /// - Throws: where it cannot be run.
  public func answer(_ arguments: [String], within limit: Duration) async throws -> Data? {
    try await withThrowingTaskGroup(of: Data?.self) { group in
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
        return record.terminationStatus.isSuccess ? Data(record.standardOutput.utf8) : nil
      }
      group.addTask {
        try? await Task.sleep(for: limit)
        return nil
      }
      defer { group.cancelAll() }
      return try await group.next() ?? nil
    }
  }
}
