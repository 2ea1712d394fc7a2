import EditJobs
import GRDB

/// What a trunk's steps mean for its forks, and the other way round.
extension Database {
  /// Whether a variant has the steps that it shares, or may copy them from its trunk.
  func hasTrunk(_ unit: Moving) throws -> Bool {
    guard unit.isUnsplit, let trunkID = unit.trunkID, let step = unit.trunkStep else { return true }
    return try moving(id: trunkID).step >= step
  }

  /// Whether a running fork had no chance to begin: its trunk has not come to where it parts.
  func isWaitingForTrunk(_ unit: Moving, step: Int) throws -> Bool {
    guard let trunkStep = unit.trunkStep, step < trunkStep else { return false }
    return try !hasTrunk(unit)
  }

  /// Open forks that wait for records that a trunk has not written yet.
  func openForks(of trunk: Moving) throws -> [Moving] {
    try movings(
      """
      trunk_id = ? AND trunk_step > ? AND step < trunk_step
        AND state IN ('scheduled', 'blocked', 'ready', 'running', 'parked')
      """, [trunk.id, trunk.step])
  }

  /// Whether a running unit has to go on for its forks.
  func isNeededByForks(_ unit: Moving) throws -> Bool {
    guard unit.state == .running else { return false }
    return try !openForks(of: unit).isEmpty
  }

  /// Writes down how far a unit is; forks that part there or before become ready.
  @discardableResult
  func setStep(_ unit: Moving, _ step: Int, now: Int64) throws -> Moving {
    var unit = unit
    unit.step = min(max(step, 0), unit.steps)
    try cachedStatement(sql: "UPDATE unit SET step = ? WHERE id = ?")
      .execute(arguments: [unit.step, unit.id])
    try unblockForks(of: unit, now: now)
    return unit
  }

  /// Forks that part where a trunk stands, or before, are ready.
  func unblockForks(of trunk: Moving, now: Int64) throws {
    guard trunk.kind == .variant else { return }
    let forks = try movings(
      "trunk_id = ? AND trunk_step <= ? AND state = 'blocked'", [trunk.id, trunk.step])
    for fork in forks where try isFree(fork) { try move(fork, .unblocked, now: now) }
  }

  /// A unit left its worker: it meets what it depends on, and goes where nobody wants it.
  @discardableResult
  func leftWorker(_ unit: Moving, now: Int64) throws -> Moving {
    let met = try meetSource(unit, now: now)
    try unblockForks(of: met, now: now)
    guard met.kind == .variant, met.state.isOpen, try !isWanted(met.id) else { return met }
    // It ran for its forks alone; they find another way.
    let gone = try move(met, .cancelled, now: now)
    try replan(around: [gone], now: now)
    return gone
  }

  /// A running fork whose trunk had not come to the fork when the order ended; nothing counts.
  @discardableResult
  func notSplit(
    _ unit: Moving, token: Int64, _ outcome: AttemptOutcome = .parked, now: Int64
  ) throws -> Moving {
    let blocked = try move(unit, .notSplit, now: now)
    try endAttempt(unit, token: token, outcome, step: unit.step, now: now)
    if let trunkID = unit.trunkID, try !moving(id: trunkID).state.isOpen {
      try replan(around: [blocked], now: now)
    }
    return try leftWorker(try moving(id: unit.id), now: now)
  }

  /// The state of a fork whose attempt ended before it had its trunk's steps; `nil` for any other.
  ///
  /// Where the job table says that the steps are there and the files say no, the trunk's trajectory
  /// is lost, and the tree is planned without it.
  func neverSplit(_ unit: Moving, token: Int64, _ failure: Failure, now: Int64) throws
    -> UnitState?
  {
    guard let trunkID = unit.trunkID else { return nil }
    guard failure.code == "trunk-missing" else {
      guard failure.outcome != .failed, try isWaitingForTrunk(unit, step: failure.step) else {
        return nil
      }
      return try notSplit(unit, token: token, now: now).state
    }
    guard try hasTrunk(unit) else { return try notSplit(unit, token: token, now: now).state }
    let blocked = try move(
      unit, .notSplit, Change(step: 0, errorCode: failure.code, errorText: failure.message),
      now: now)
    try endAttempt(unit, token: token, .failed, step: 0, now: now)
    try replan(around: [blocked], without: trunkID, now: now)
    return try leftWorker(try moving(id: unit.id), now: now).state
  }

  /// Cancels a running unit that nobody wants and no fork waits for any more.
  func cancelUnneeded(_ unit: Moving, now: Int64) throws -> Drop? {
    guard unit.kind == .variant, let token = unit.token, try !isWanted(unit.id),
      try !isNeededByForks(unit)
    else { return nil }
    try move(unit, .cancelled, now: now)
    try endAttempt(unit, token: token, .cancelled, step: unit.step, now: now)
    return Drop(key: unit.key, token: token)
  }

  /// The trunk of a unit, where it ran for this fork alone.
  func idleTrunk(of unit: Moving) throws -> Moving? {
    guard let trunkID = unit.trunkID else { return nil }
    let trunk = try moving(id: trunkID)
    guard trunk.state == .running, try !isWanted(trunkID), try !isNeededByForks(trunk) else {
      return nil
    }
    return trunk
  }

  /// Fails the forks of failed trunks of a model, and theirs; returns them.
  func failForks(ofFailed model: Digest, _ change: Change, now: Int64) throws -> [Moving] {
    var failed: [Moving] = []
    while true {
      let forks = try movings(
        """
        model_id = (SELECT id FROM model WHERE digest = ?) AND state = 'blocked'
          AND (SELECT t.state FROM unit t WHERE t.id = unit.trunk_id) = 'failed'
        """, [model.data])
      if forks.isEmpty { return failed }
      for fork in forks { failed.append(try move(fork, .sourceFailed, change, now: now)) }
    }
  }

  /// A trunk is as urgent as the forks that wait for it; returns the units that changed.
  @discardableResult
  func raiseTrunks(of variants: [Int64]) throws -> [EditJobs.Key] {
    let ids = try sortedJSON(Array(Set(variants)).sorted())
    let open = "state IN ('scheduled', 'blocked', 'ready', 'running', 'parked')"
    var raised: [EditJobs.Key] = []
    while true {
      let rows = try Row.fetchAll(
        cachedStatement(
          sql: """
            UPDATE unit SET priority = wish.highest FROM (
              SELECT f.trunk_id, max(f.priority) AS highest FROM unit f
              WHERE f.step < f.trunk_step AND f.\(open) AND f.source_id IN (
                SELECT source_id FROM unit WHERE id IN (SELECT value FROM json_each(?)))
              GROUP BY f.trunk_id) AS wish
            WHERE unit.id = wish.trunk_id AND unit.\(open) AND unit.priority < wish.highest
            RETURNING key
            """), arguments: [ids])
      if rows.isEmpty { return raised }
      raised += try rows.map { try $0.key("key") }
    }
  }
}
