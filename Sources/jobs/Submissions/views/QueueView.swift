import EditJobs
public import Files
import Foundation
public import JobStore

/// The queue as a whole at one moment: the daemon, the sweeps, what waits.
public struct QueueView: Sendable {
  /// Units by their states, and what the daemon says of itself.
  public let overview: QueueOverview
  /// The sweeps.
  public let sweeps: [SweepSummary]
  /// What waits for a time, by its reason.
  public let postponements: [Postponement]
  /// The daemon's process; `nil` where none runs.
  public let process: Int32?
  /// What verbs wait for.
  public let goals: [String]
  /// The daemons' log, where there is one.
  public let log: String?
  /// Bytes that are free for results.
  public let free: Int64

  /// Looks at a queue; `failed` leaves sweeps out in which nothing failed.
  ///
  /// - Throws: what the job table throws.
  public init(_ store: JobStore, folder: StateFolder, failed: Bool = false) throws(EditError) {
    overview = try store.overview()
    postponements = try store.postponements()
    let all = try store.sweeps()
    sweeps = failed ? all.filter { $0.standing.count(.failed) > 0 } : all
    process = FolderLock.holder(folder)
    goals = overview.daemon?.isOnDemand == true ? DaemonGoals(folder).names() : []
    let log = overview.daemon?.log ?? folder.daemonLog
    self.log = access(log, F_OK) == 0 ? log : nil
    var facts = statvfs()
    let place = access(folder.results, F_OK) == 0 ? folder.results : folder.path
    free = statvfs(place, &facts) == 0 ? Int64(facts.f_bavail) * Int64(facts.f_frsize) : 0
  }

  /// Whether a daemon runs.
  public var isRunning: Bool { process != nil }
}
