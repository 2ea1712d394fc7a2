import EditJobs
import GRDB

/// What a source's fate means for its variants, and the other way round.
extension Database {
  /// Whether what the unit waits for is there: its source, and its trunk's record at the fork. A
  /// source waits for nothing.
  func isFree(_ unit: Moving) throws -> Bool {
    guard let source = unit.sourceID else { return true }
    guard try moving(id: source).state == .done else { return false }
    return try hasTrunk(unit)
  }

  /// Whether a variant that may still run needs a source.
  func hasOpenVariants(_ source: Int64) throws -> Bool {
    try Bool.fetchOne(
      cachedStatement(
        sql: """
          SELECT EXISTS (SELECT 1 FROM unit WHERE source_id = ?
            AND state IN ('scheduled', 'blocked', 'ready', 'running', 'parked'))
          """), arguments: [source]) ?? false
  }

  /// Whether a variant that may still run needs a source, or an open cell shows its picture.
  func wantsSource(_ source: Int64) throws -> Bool {
    if try hasOpenVariants(source) { return true }
    return try Bool.fetchOne(
      cachedStatement(
        sql: """
          SELECT EXISTS (SELECT 1 FROM unit v JOIN cell c ON c.unit_id = v.id
            WHERE v.source_id = ? AND v.state = 'done' AND c.cancelled_ms IS NULL)
          """), arguments: [source]) ?? false
  }

  /// Whether an open cell points at a variant.
  func isWanted(_ variant: Int64) throws -> Bool {
    try Bool.fetchOne(
      cachedStatement(
        sql: "SELECT EXISTS (SELECT 1 FROM cell WHERE unit_id = ? AND cancelled_ms IS NULL)"),
      arguments: [variant]) ?? false
  }

  /// Wants a unit again that was given up; its source too. Returns the units that changed: a variant of
  /// other numerics is made anew, under another key.
  @discardableResult
  func want(_ unit: Moving, now: Int64) throws -> [Moving] {
    guard unit.state != .done else { return [] }
    if !unit.state.isOpen, unit.kind == .variant, try unit.revision != revision() {
      var renewal = try Renewal(self, now: now)
      let new = try renewal.renew(unit)
      try renewal.plan()
      if new.id != unit.id { return new.state.isOpen ? [new] : [] }
      // It only had not said so.
      return try want(new, now: now)
    }
    var changed: [Moving] = []
    let isFree = try isFree(unit)
    if let sourceID = unit.sourceID {
      changed += try want(try moving(id: sourceID), now: now)
    }
    if unit.state == .failed || unit.state == .cancelled {
      changed.append(try move(unit, .retried(sourceDone: isFree), now: now))
      try cachedStatement(
        sql:
          "UPDATE unit SET attempts = 0, alone = 0, stuck_step = NULL, stuck_count = 0 WHERE id = ?"
      ).execute(arguments: [unit.id])
    }
    return changed
  }

  /// A variant that left its worker meets its source and its trunk as they are now.
  @discardableResult
  func meetSource(_ unit: Moving, now: Int64) throws -> Moving {
    guard let sourceID = unit.sourceID, [.ready, .parked, .scheduled].contains(unit.state) else {
      return unit
    }
    let source = try moving(id: sourceID)
    switch source.state {
    case .done:
      guard unit.state == .ready, try !hasTrunk(unit) else { return unit }
      return try move(unit, .forked, now: now)
    case .failed: return try move(unit, .sourceFailed, sourceGone(source), now: now)
    case .cancelled:
      try want(source, now: now)
      return try move(unit, .sourceLost, now: now)
    case .scheduled, .blocked, .ready, .running, .parked:
      return try move(unit, .sourceLost, now: now)
    }
  }

  /// A source is done: what waited for it alone is ready.
  func unblockVariants(of source: Moving, now: Int64) throws {
    for variant in try movings("source_id = ? AND state = 'blocked'", [source.id])
    where try hasTrunk(variant) {
      try move(variant, .unblocked, now: now)
    }
  }

  /// A source is given up: what waits for it is, too.
  func failVariants(of source: Moving, _ change: Change? = nil, now: Int64) throws -> [Moving] {
    let waiting = try movings(
      "source_id = ? AND state IN ('blocked', 'ready', 'parked', 'scheduled')", [source.id])
    return try waiting.map {
      try move($0, .sourceFailed, change ?? sourceGone(source), now: now)
    }
  }

  private func sourceGone(_ source: Moving) -> Change {
    let name = "s-\(source.key.description.prefix(6))"
    return Change(errorCode: "source-failed", errorText: "its source \(name) failed")
  }
}
