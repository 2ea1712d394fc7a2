import EditJobs
import Foundation
import JobStore
import Testing

/// A worker's program that cannot be run, or is of another version, pauses the queue and costs no unit.
@Suite struct InstallationTests {
  private static let zeros = String(repeating: "0", count: 64)

  /// Ways in which a program is broken, each as the text of a file.
  enum Broken: String, CaseIterable, Sendable {
    case missing, notExecutable, noProgram, endsAtOnce, silent, otherProtocol, otherRevision

    func write(_ folder: TemporaryFolder) throws -> String {
      let path = "\(folder.path)/p2p-worker"
      try? FileManager.default.removeItem(atPath: path)
      let ready =
        #"{"event":"ready","protocol":PROTOCOL,"digest":"\#(zeros)","fingerprint":"FINGER","cpu":"c"}"#
      func speaking(_ version: Int, _ fingerprint: String) -> String {
        let line = ready.replacing("PROTOCOL", with: "\(version)")
          .replacing("FINGER", with: fingerprint)
        return "#!/bin/bash\n[ \"$1\" != inspect ] || exit 64\necho '\(line)'\nsleep 60\n"
      }
      switch self {
      case .missing: break
      case .notExecutable:
        _ = try folder.script("p2p-worker", SpokenWorker.script)
        #expect(chmod(path, 0o644) == 0)
      case .noProgram: _ = try folder.script("p2p-worker", "\u{7f}ELF of another machine")
      case .endsAtOnce: _ = try folder.script("p2p-worker", "#!/bin/sh\nexit 127\n")
      case .silent: _ = try folder.script("p2p-worker", "#!/bin/sh\nexit 0\n")
      case .otherProtocol: _ = try folder.script("p2p-worker", speaking(99, "spoken"))
      case .otherRevision:
        let other = "portable \(Numerics.currentRevision + 1)"
        _ = try folder.script(
          "p2p-worker", speaking(WorkerEvent.protocolVersion, other))
      }
      return path
    }
  }

  @Test(arguments: Broken.allCases) func theQueueWaitsForAWorkerThatCanBeRun(_ broken: Broken)
    async throws
  {
    let folder = try TemporaryFolder()
    let path = try broken.write(folder)
    let submission = SmallSweep.submission(variants: 2)
    try SmallSweep.enqueue(submission, folder.state)
    let daemon = try DaemonUnderTest(folder.state, ["--embedded", "--worker", path])
    #expect(
      try await wait {
        let pulse = try SmallSweep.read(folder.state) { try $0.pulse() }
        return pulse.isPaused && pulse.pauseReason?.hasPrefix("installation: \(path)") == true
      }, "\(daemon.log.text)")
    // It looks again and again, and nothing is charged.
    try await Task.sleep(for: .seconds(1.2))
    #expect(daemon.isRunning, "\(daemon.log.text)")
    let units = try SmallSweep.read(folder.state) { store in
      try submission.sources.map { try store.unit($0.key) }
        + submission.variants.map { try store.unit($0.key) }
    }
    #expect(units.allSatisfy { $0?.attempts == 0 && $0?.state != .failed })

    try? FileManager.default.removeItem(atPath: path)
    _ = try folder.script("p2p-worker", SpokenWorker.script)
    #expect(await daemon.ended(within: 30) == 0, "\(daemon.log.text)")
    let cells = try SmallSweep.read(folder.state) { try $0.cells(.all) }
    #expect(cells.allSatisfy { $0.state == .done && $0.variant.attempts == 0 })
    #expect(try SmallSweep.read(folder.state) { try $0.pulse() }.isPaused == false)
  }

  @Test func whatThePeoplePausedStaysPaused() async throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/p2p-worker"
    try SmallSweep.enqueue(SmallSweep.submission(variants: 1), folder.state)
    let daemon = try DaemonUnderTest(folder.state, ["--worker", path])
    #expect(try await wait { try SmallSweep.read(folder.state) { try $0.pulse() }.isPaused })
    let now = Int64(Date().timeIntervalSince1970 * 1000)
    try SmallSweep.read(folder.state) { try $0.pause(now: now) }
    _ = try folder.script("p2p-worker", SpokenWorker.script)
    #expect(await wait(30) { daemon.log.text.contains("can be run") }, "\(daemon.log.text)")
    let pulse = try SmallSweep.read(folder.state) { try $0.pulse() }
    #expect(pulse.isPaused && pulse.pauseReason == nil)
    daemon.signal(SIGTERM)
    #expect(await daemon.ended() == 0)
  }

  @Test func theNextDaemonLooksAgain() async throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/p2p-worker"
    try SmallSweep.enqueue(SmallSweep.submission(variants: 1), folder.state)
    let first = try DaemonUnderTest(folder.state, ["--worker", path])
    #expect(try await wait { try SmallSweep.read(folder.state) { try $0.pulse() }.isPaused })
    first.signal(SIGTERM)
    #expect(await first.ended() == 0)
    _ = try folder.script("p2p-worker", SpokenWorker.script)
    let second = try DaemonUnderTest(folder.state, ["--embedded", "--worker", path])
    #expect(await second.ended(within: 30) == 0, "\(second.log.text)")
  }
}
