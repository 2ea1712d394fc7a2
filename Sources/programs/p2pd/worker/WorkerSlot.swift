import EditJobs
import JobStore

/// A worker process and what it has in hand.
struct WorkerSlot {
  let process: WorkerProcess
  let place: String
  let loaded: LoadedModel
  var isReady = false
  var isEnding = false
  var cpu: String?
  /// In which way it belongs to another version, as it said when it was ready.
  var mismatch: String?
  /// Why it cannot serve at all, as it said before it was ready.
  var refusal: WorkerEvent.Refusal?
  /// The source whose files it read last.
  var source: Key?
  var order: RunningOrder?
}

/// An order that a worker has, with what is known of its units.
struct RunningOrder {
  /// How far a unit is.
  struct Progress {
    /// Complete steps on disk.
    var step: Int
    /// Complete steps when the attempt began.
    var began: Int
    var evaluations = 0
    var ms = 0.0
    /// Whether it was told to leave at a step edge, for a pause.
    var isLeaving = false
    /// Whether `begun` came.
    var isBegun = false
    /// Whether a number has changed since it was last written down.
    var isNew = false
  }

  let claimed: ClaimedOrder
  /// The units that are not settled yet.
  var open: [Key: Progress]
  /// How many are done.
  var done = 0
  /// What the worker said of the model's files, where they are not those that it loaded.
  var otherModel: WorkerEvent.Refusal?

  init(_ claimed: ClaimedOrder) {
    self.claimed = claimed
    open = Dictionary(
      claimed.units.map { ($0.key, Progress(step: $0.step, began: $0.step)) },
      uniquingKeysWith: { first, _ in first })
  }

  var token: Int64 { claimed.token }

  /// Complete steps of a unit of the order.
  func step(at place: UnitReport.Place) -> Int {
    let source = claimed.source
    return place.step
      ?? (claimed.isSource
        ? source.completeSteps(at: place.pass)
        : source.sampler.completeSteps(after: place.pass, of: source.steps))
  }

  /// Units that ran at once: not the forks that waited for a trunk of this order.
  var lanes: Int {
    let keys = Set(claimed.units.map(\.key))
    return claimed.units.count { unit in
      guard let trunk = unit.trunk, keys.contains(trunk.key) else { return true }
      return open[unit.key]?.isBegun ?? true
    }
  }
}
