public import EditJobs

/// What the daemon says of itself in the job table.
public struct DaemonNote: Sendable, Codable, Hashable {
  /// One worker process.
  public struct Worker: Sendable, Codable, Hashable {
    /// Where it runs, e.g. `local/cpu0`.
    public var place: String
    /// The loaded model's folder.
    public var model: String?
    /// What its weights were loaded for; `nil` from a daemon that did not say.
    public var compute: ComputeType?
    /// The native kernels that compute; `nil` in portable mode.
    public var kernels: String?
    /// Lanes of its order.
    public var lanes: Int
    /// What the CPU is and can do.
    public var cpu: String?

    /// Describes a worker.
    public init(
      place: String, model: String? = nil, compute: ComputeType? = nil, kernels: String? = nil,
      lanes: Int = 0, cpu: String? = nil
    ) {
      (self.place, self.model, self.compute, self.kernels) = (place, model, compute, kernels)
      (self.lanes, self.cpu) = (lanes, cpu)
    }
  }

  /// Its process.
  public var pid: Int32
  /// When it started; wall-clock milliseconds.
  public var startedMs: Int64
  /// The boot it runs under, from `/proc/sys/kernel/random/boot_id`.
  public var boot: String
  /// Its workers.
  public var workers: [Worker]
  /// The file that its log goes to; `nil` for standard error.
  public var log: String?
  /// Whether it ends when everything is settled that verbs wait for; `nil` for no.
  public var isOnDemand: Bool?

  /// Describes a daemon.
  public init(
    pid: Int32, startedMs: Int64, boot: String, workers: [Worker] = [], log: String? = nil,
    isOnDemand: Bool? = nil
  ) {
    (self.pid, self.startedMs, self.boot, self.workers) = (pid, startedMs, boot, workers)
    (self.log, self.isOnDemand) = (log, isOnDemand)
  }
}

/// The queue as a whole.
public struct QueueOverview: Sendable, Hashable {
  /// Whether it is paused: nothing is claimed.
  public var isPaused: Bool
  /// Why it is paused.
  public var pauseReason: String?
  /// What the daemon last said; whether it still runs, its lock says.
  public var daemon: DaemonNote?
  /// Sources by state.
  public var sources: [UnitState: Int]
  /// Variants by state.
  public var variants: [UnitState: Int]
  /// When the next scheduled unit is due; wall-clock milliseconds.
  public var nextDueMs: Int64?

  /// Units about which something may still happen by itself.
  public var open: Int {
    [sources, variants].reduce(0) { sum, counts in
      sum + counts.reduce(0) { $0 + ($1.key.isOpen ? $1.value : 0) }
    }
  }
}
