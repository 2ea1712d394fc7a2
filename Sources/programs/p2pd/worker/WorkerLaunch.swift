import EditJobs
import Files
import Foundation
import JobStore
import SiblingPrograms
import Subprocess

/// What a worker process needs to know before it starts.
struct WorkerLaunch: Sendable {
  var program: SiblingProgram
  var model: String
  var loaded: LoadedModel
  /// Bytes of the weights: what the start budget grows with.
  var modelBytes: Int64
  var threads: Int
  var memory: Int64
  var budget: HangBudget

  var arguments: [String] {
    [
      "serve", "--model", model, "--digest", loaded.model.description, "--threads",
      String(threads), "--memory", String(memory), "--dtype", loaded.compute.rawValue,
      "--numerics", loaded.numerics.mode.rawValue,
    ] + (loaded.numerics.kernels.map { ["--kernels", $0] } ?? [])
  }
}

/// How a worker process ended.
struct WorkerEnd: Sendable {
  /// How the process ended; `nil` where it never began.
  var status: TerminationStatus?
  /// Why we ended it, where we did.
  var cause: WorkerHealth.Cause?
  /// Its last words on standard error.
  var words: String
  /// Whether there was too little memory for it.
  var outOfMemory = false
  /// Whether there was a process at all.
  var hasBegun: Bool { status != nil }

  /// Whether there was too little memory: it said so, or the kernel killed it for memory.
  ///
  /// A SIGKILL that nobody here sent is the kernel's where its count of such kills says so, or where
  /// no count can be read. Counts are those of the control group before and after.
  func isOutOfMemory(isOurs: Bool, kills: (before: Int?, after: Int?)) -> Bool {
    if words.split(separator: "\n").contains(where: { $0.hasPrefix("out of memory: ") }) {
      return true
    }
    guard status == .signaled(SIGKILL), !isOurs else { return false }
    guard let before = kills.before, let after = kills.after else { return true }
    return after > before
  }

  /// Exit 0 after `stop`.
  var isOrderly: Bool { status == .exited(0) && cause == .stop }

  /// What happened, for people.
  var sentence: String {
    switch (cause, status) {
    case (.hung(let phase), _): "hung in phase \(phase?.rawValue ?? "start")"
    case (.protocolError(let what), _): "broke the protocol: \(what)"
    case (_, .signaled(SIGKILL)) where outOfMemory: "was killed by signal 9, likely for memory"
    case (_, _) where outOfMemory: "ran out of memory"
    case (_, .exited(let code)): "ended with status \(code)"
    case (_, .signaled(let signal)): "was killed by signal \(signal)"
    case (_, nil): "could not be started"
    }
  }
}

/// What reaches the daemon from a worker process.
enum WorkerReport: Sendable {
  case event(WorkerEvent)
  case ended(WorkerEnd)
}
