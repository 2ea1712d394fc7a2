import EditJobs
import JobStore
import Subprocess

/// Runs `p2pd` until some targets are settled, where no daemon runs already.
enum DaemonRun {
  /// Runs `body` beside a daemon: the one that is there, or one of our own that ends when the targets
  /// are settled.
  ///
  /// - Throws: what `body` throws; `daemon-ended` where our daemon ends before `body` does.
  static func during<Result: Sendable>(
    _ targets: [String], in folder: StateFolder,
    _ body: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    if FolderLock.holder(folder) != nil { return try await body() }
    Terminal.note("no p2pd runs on \(folder.path); running one until this is settled")
    return try await withThrowingTaskGroup(of: Result?.self) { group in
      group.addTask { try await body() }
      group.addTask {
        let status = try await run(targets, in: folder)
        // Another daemon may have been faster; then it does the work.
        if FolderLock.holder(folder) != nil { return nil }
        if status == 0 || status == ExitStatus.failed.rawValue {
          // The body sees the settled state on its next look.
          try await Task.sleep(for: .seconds(3))
        }
        throw EditError(
          "daemon-ended", ExitStatus(rawValue: status) ?? .unavailable,
          "p2pd ended with status \(status) before the work was settled")
      }
      defer { group.cancelAll() }
      while let result = try await group.next() {
        if let result { return result }
      }
      throw CancellationError()
    }
  }

  private static func run(_ targets: [String], in folder: StateFolder) async throws -> Int32 {
    let arguments =
      ["run", "--state", folder.path, "--results", folder.results, "--log-level", "warning"]
      + targets.flatMap { ["--until", $0] }
    let record = try await Subprocess.run(
      Programs.executable("p2pd"), arguments: Arguments(arguments), input: .none,
      output: .discarded, error: .currentStandardError)
    switch record.terminationStatus {
    case .exited(let code): return code
    case .signaled(let signal): return 128 + signal
    }
  }
}
