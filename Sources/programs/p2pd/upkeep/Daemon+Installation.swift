import EditJobs
import Files
import Foundation
import JobStore
import Logging
import SiblingPrograms
import Subprocess

/// What `p2p-worker inspect` led to.
enum WorkerAnswer: Sendable {
  /// It said what it and the machine are.
  case facts(MachineFacts)
  /// It runs and does not say it: a program that stands in for it.
  case silent
  /// It cannot be run, or not to its end, or says something else; in words.
  case broken(String)
}

/// The worker's program: whether it can be run at all, and is of this version.
extension Daemon {
  /// Has `p2p-worker inspect` say what it is; the answer comes as a message. One at a time.
  func askWorker() {
    guard asking == nil, !isStopping else { return }
    let program = settings.workerProgram
    asking = Task.detached { [inbox] in
      inbox.yield(.inspected(await Self.answer(of: program)))
    }
  }

  private static func answer(of program: SiblingProgram) async -> WorkerAnswer {
    do {
      switch try await program.answers(["inspect"], within: .seconds(30)) {
      case .late: return .silent
      // It does not know the word.
      case .ended(.exited(ExitStatus.usage.rawValue)): return .silent
      case .ended(let status):
        return .broken("\(program.place): inspect \(WorkerEnd(status: status, words: "").sentence)")
      case .printed(let data):
        guard let facts = try? JSONDecoder().decode(MachineFacts.self, from: data) else {
          return .broken("\(program.place) is no p2p-worker: it does not say what it is")
        }
        return facts.mismatch.map { .broken("\(program.place) is of another version: \($0)") }
          ?? .facts(facts)
      }
    } catch {
      return .broken("\(program.place) cannot be started: \(error)")
    }
  }

  /// What the worker's program said of itself, or that it is broken.
  func noteAnswer(_ answer: WorkerAnswer) throws(EditError) {
    let isSuspect = hindrances[.installation] != nil || !doubts.isEmpty
    let doubts = doubts
    self.doubts = [:]
    switch answer {
    case .broken(let words):
      guard isSuspect else { return say(.native, words) }
      verdicts.forgetDeadStarts()
      return try hinder(.installation, words)
    case .silent: break
    case .facts(let facts): try noteNative(facts.native)
    }
    try clear(.installation, "\(settings.workerProgram.path) can be run")
    // The program is sound: what died three times was ended by its model.
    for (loaded, doubt) in doubts {
      if let message = doubt { try giveUp(loaded, code: "model-does-not-start", message: message) }
    }
  }

  /// The worker's program cannot be run: nothing is claimed until it can, and nothing counts.
  func noteBrokenWorker(_ words: String) throws(EditError) {
    verdicts.forgetDeadStarts()
    _ = clock.isDue(.installation, every: .zero)
    try hinder(.installation, words)
  }

  /// Looks again after 1 s, 2 s, 4 s … a minute.
  func askBrokenWorkerAgain() {
    guard hindrances[.installation] != nil else { return }
    let pause = Duration.seconds(1 << min(installationTries, 6))
    guard asking == nil, clock.isDue(.installation, every: min(pause, .seconds(60))) else { return }
    installationTries += 1
    askWorker()
  }
}
