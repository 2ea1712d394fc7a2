import EditJobs
import Files
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
    /// A while after everything is settled that verbs wait for.
    case demand
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
  /// The file that the log goes to; `nil` for standard error.
  var log: String?

  /// Memory of one worker.
  var memoryPerWorker: Int64 { memory / Int64(workers) }

  /// As many lanes of a source as memory allows, its maps of one pass beside them; at least one.
  ///
  /// The facts must be of the source's picture size.
  func lanes(_ facts: ModelFacts, _ source: SourceSpec) -> Int {
    min(LaneMemory.mostLanes, LaneMemory(facts, source).lanes(within: memoryPerWorker))
  }
}
