import EditJobs
import Foundation
import JobStore
import SiblingPrograms

/// What the command line and the machine settle before the daemon starts.
struct Settings: Sendable {
  /// When the daemon ends by itself.
  enum Goal: Sendable, Hashable {
    /// Never.
    case serve
    /// When nothing is left that may happen by itself.
    case drain
    /// When these are settled.
    case until([String])
  }

  var folder: StateFolder
  var goal: Goal = .serve
  var workers: Int
  var threads: Int
  /// Memory of all workers together.
  var memory: Int64
  var mapsQuota: Int64
  /// Nothing is evicted to make room.
  var keepsMaps = false
  var workerProgram: SiblingProgram
  var isPaused = false
  var budget: HangBudget

  /// Most lanes of one order.
  static let mostLanes = 4

  /// Memory of one worker.
  var memoryPerWorker: Int64 { memory / Int64(workers) }

  /// As many lanes as memory allows; at least one.
  func lanes(_ facts: ModelFacts) -> Int {
    let room = memoryPerWorker - facts.weightBytes
    return Int(max(1, min(Int64(Self.mostLanes), room / max(1, facts.laneBytes))))
  }
}

/// Wall-clock time as the job table has it.
func wallClockMs() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
