public import EditJobs
public import Files
import GRDB

/// What the pause of a sweep led to.
public struct Paused: Sendable, Hashable {
  /// Units that were ready and are parked now.
  public var parked: [Key]
  /// Units that a worker has, which leaves them at the next step edge.
  public var stopping: [Key]
}

extension JobStore {
  /// Pauses a sweep: units that no unpaused sweep wants wait from now on.
  ///
  /// Ready ones are parked at once, running ones are `held()` until their worker has left them at a
  /// step edge, and what becomes ready later is parked by the claim that meets it.
  /// - Throws: `no-such-sweep` (66).
  public func pause(sweep id: Int64, now: Int64) throws(EditError) -> Paused {
    try write { db in
      try db.setPaused(true, sweep: id, now: now)
      var paused = Paused(parked: [], stopping: [])
      let units = try db.movings(
        """
        state IN ('ready', 'running') AND id IN (
          SELECT c.unit_id FROM cell c WHERE c.sweep_id = :id AND c.cancelled_ms IS NULL
          UNION SELECT v.source_id FROM cell c JOIN unit v ON v.id = c.unit_id
            WHERE c.sweep_id = :id AND c.cancelled_ms IS NULL)
        """, ["id": id])
      for unit in units where try db.isHeld(unit) {
        if unit.state == .running {
          paused.stopping.append(unit.key)
        } else {
          try db.move(unit, .paused, now: now)
          paused.parked.append(unit.key)
        }
      }
      return paused
    }
  }

  /// Ends the pause of a sweep; returns the parked units that are ready again.
  ///
  /// - Throws: `no-such-sweep` (66).
  public func resume(sweep id: Int64, now: Int64) throws(EditError) -> [Key] {
    try write { db in
      try db.setPaused(false, sweep: id, now: now)
      return try db.releaseWanted(now: now)
    }
  }

  /// Whether the queue as a whole is paused, and why where nobody asked for it.
  public func pauseState() throws(EditError) -> (isPaused: Bool, reason: String?) {
    try read { db in
      let row = try Row.fetchOne(
        db.cachedStatement(sql: "SELECT paused, pause_reason FROM control WHERE id = 1"))
      guard let row, row["paused"] else { return (false, nil) }
      return (true, row["pause_reason"])
    }
  }

  /// The sweeps that are paused, oldest first.
  public func pausedSweeps() throws(EditError) -> [PausedSweep] {
    try read { db in
      try Row.fetchAll(
        db.cachedStatement(sql: "SELECT id, name FROM sweep WHERE paused = 1 ORDER BY id")
      ).map { PausedSweep(id: $0["id"], name: $0["name"]) }
    }
  }

  /// Running units that are to stop at the next step edge: those that paused sweeps alone want, and
  /// all of them while the queue is paused by request.
  public func held() throws(EditError) -> [Drop] {
    try read { db in
      let all = try db.isPausedByRequest()
      guard try all || db.hasPausedSweeps() else { return [] }
      return try db.movings("state = 'running'").compactMap { unit in
        guard let token = unit.token, try all || db.isHeld(unit) else { return nil }
        return Drop(key: unit.key, token: token)
      }
    }
  }
}

extension Database {
  fileprivate func setPaused(_ paused: Bool, sweep id: Int64, now: Int64) throws {
    let name = try String.fetchOne(
      self, sql: "UPDATE sweep SET paused = ? WHERE id = ? RETURNING name",
      arguments: [paused, id])
    guard let name else {
      throw EditError("no-such-sweep", .missing, "no sweep \(id) here", hint: "p2p status")
    }
    try note(paused ? "sweep-paused" : "sweep-resumed", detail: "\(name)-\(id)", now: now)
  }

  fileprivate func isPausedByRequest() throws -> Bool {
    try Bool.fetchOne(
      cachedStatement(
        sql: "SELECT paused = 1 AND pause_reason IS NULL FROM control WHERE id = 1")) ?? false
  }

  /// Nearly always no; then nothing more has to be asked.
  fileprivate func hasPausedSweeps() throws -> Bool {
    try Bool.fetchOne(
      cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM sweep WHERE paused = 1)")) ?? false
  }

  /// Whether paused sweeps alone want a unit; a source is wanted by its variants that may still run.
  func isHeld(_ unit: Moving) throws -> Bool {
    guard try hasPausedSweeps() else { return false }
    let units =
      switch unit.kind {
      case .variant: "u.id = ?"
      case .source:
        "u.source_id = ? AND u.state IN ('scheduled', 'blocked', 'ready', 'running', 'parked')"
      }
    let isNeeded = try Bool.fetchOne(
      cachedStatement(
        sql: """
          SELECT EXISTS (SELECT 1 FROM unit u JOIN cell c ON c.unit_id = u.id
            JOIN sweep s ON s.id = c.sweep_id
            WHERE \(units) AND c.cancelled_ms IS NULL AND s.paused = 0)
          """), arguments: [unit.id])
    if isNeeded == true { return false }
    // A trunk is wanted by the forks that wait for it.
    return try openForks(of: unit).allSatisfy { try isHeld($0) }
  }

  /// What a claim may take of what it found ready: what paused sweeps alone want is parked first.
  func withoutHeld(now: Int64, _ find: () throws -> [Moving]) throws -> [Moving] {
    while true {
      let found = try find()
      let held = try found.filter { try isHeld($0) }
      if held.isEmpty { return found }
      for unit in held { try move(unit, .paused, now: now) }
    }
  }

  /// Parked units that somebody waits for become ready again; returns them.
  @discardableResult
  func releaseWanted(now: Int64) throws -> [Key] {
    var released: [Key] = []
    for unit in try movings("state = 'parked'") where try !isHeld(unit) {
      try meetSource(try move(unit, .released, now: now), now: now)
      released.append(unit.key)
    }
    return released
  }

  /// Somebody new wants units: those that a pause had parked go on.
  func releaseFromPauses(now: Int64) throws {
    if try hasPausedSweeps() { try releaseWanted(now: now) }
  }
}
