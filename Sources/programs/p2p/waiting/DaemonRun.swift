import Files
import JobStore
import SiblingPrograms
import Subprocess
import Synchronization

/// Whether the daemon that somebody relies on is still there.
final class DaemonPresence: Sendable {
  private let folder: StateFolder
  private let missingSince = Mutex<ContinuousClock.Instant?>(nil)
  /// How long none may be there: one may be starting, or be started again.
  private static let patience = Duration.seconds(10)

  init(_ folder: StateFolder) { self.folder = folder }

  /// - Throws: `daemon-ended` (69) where none has been there for a while.
  func check() throws(EditError) {
    let isThere = FolderLock.holder(folder) != nil
    let isGone = missingSince.withLock { since in
      since = isThere ? nil : since ?? .now
      return since.map { $0.duration(to: .now) >= Self.patience } ?? false
    }
    guard isGone else { return }
    throw EditError(
      "daemon-ended", .unavailable,
      "no p2pd runs on \(folder.path) any more, and the work is not settled", hint: "p2p status")
  }
}

/// Runs `p2pd` as a part of this program until some targets are settled, where no daemon runs already:
/// what `--foreground` means.
enum DaemonRun {
  private enum Event<Result: Sendable> {
    case body(Result)
    case daemon(status: Int32)
    case tooLate
  }

  /// Runs `body` beside a daemon: the one that is there, or one of our own that ends when the targets
  /// are settled and published, which is waited for too.
  ///
  /// - Throws: what `body` throws; `daemon-ended` where our daemon ends before the work is settled.
  static func during<Result: Sendable>(
    _ targets: [String], in folder: StateFolder, config: String?,
    _ body: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    if FolderLock.holder(folder) != nil { return try await body() }
    Terminal.note("no p2pd runs on \(folder.path); running one until this is settled")
    return try await withThrowingTaskGroup(of: Event<Result>.self) { group in
      group.addTask { .body(try await body()) }
      group.addTask { .daemon(status: try await run(targets, in: folder, config)) }
      defer { group.cancelAll() }
      var (result, ended): (Result?, Int32?) = (nil, nil)
      while let event = try await group.next() {
        switch event {
        case .body(let value): result = value
        case .daemon(let status):
          ended = status
          // Where another daemon was faster, it does the work. Else the body sees on its next look
          // what ours has settled.
          if result == nil, FolderLock.holder(folder) == nil {
            group.addTask {
              try await Task.sleep(for: .seconds(5))
              return .tooLate
            }
          }
        case .tooLate: if result == nil { throw daemonEnded(ended ?? 0) }
        }
        if let result, ended != nil { return result }
      }
      throw daemonEnded(ended ?? 0)
    }
  }

  private static func daemonEnded(_ status: Int32) -> EditError {
    EditError(
      "daemon-ended", status == 0 ? .unavailable : ExitStatus(rawValue: status) ?? .unavailable,
      "p2pd ended with status \(status) before the work was settled", hint: "p2p status")
  }

  private static func run(
    _ targets: [String], in folder: StateFolder, _ config: String?
  ) async throws -> Int32 {
    let arguments =
      ["run", "--state", folder.path, "--results", folder.results, "--log-level", "warning"]
      + targets.flatMap { ["--until", $0] } + (config.map { ["--config", $0] } ?? [])
    var platform = PlatformOptions()
    // Cancelled, it still ends at a step edge.
    platform.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(60))]
    let record = try await Subprocess.run(
      try SiblingProgram(named: "p2pd").executable, arguments: Arguments(arguments),
      platformOptions: platform,
      input: .none,
      output: .discarded, error: .currentStandardError)
    switch record.terminationStatus {
    case .exited(let code): return code
    case .signaled(let signal): return 128 + signal
    }
  }
}
