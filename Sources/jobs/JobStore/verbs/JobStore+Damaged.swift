public import EditJobs
public import Files
import GRDB

extension JobStore {
  /// A done unit's files no longer verify: it runs again if somebody wants it, from `step`; a
  /// source's waiting variants wait for it. One of other numerics cannot be made again: what somebody
  /// wants of it is made anew, under other keys.
  ///
  /// An open cell wants a variant, and its source, whose picture it shows. `false` where nobody wants
  /// the unit or it is not done.
  @discardableResult
  public func damaged(_ key: Key, step: Int, now: Int64) throws(EditError) -> Bool {
    try write { db in try db.damage(key, step: step, now: now) }
  }

  /// The same for several units, from their first steps, in one transaction; returns those that run again.
  public func damaged(_ keys: [Key], now: Int64) throws(EditError) -> [Key] {
    if keys.isEmpty { return [] }
    return try write { db in try keys.filter { try db.damage($0, step: 0, now: now) } }
  }
}

extension Database {
  fileprivate func damage(_ key: Key, step: Int, now: Int64) throws -> Bool {
    guard let unit = try moving(key), unit.state == .done else { return false }
    let isOlder = try unit.revision != revision()
    let wanted =
      switch unit.kind {
      case .variant: try isWanted(unit.id)
      // The picture of an older one cannot be made again: what shows it stays as it is.
      case .source where isOlder: try hasOpenVariants(unit.id)
      case .source: try wantsSource(unit.id)
      }
    guard wanted else { return false }
    if isOlder, try remake(unit, now: now) { return true }
    if let sourceID = unit.sourceID { try want(try moving(id: sourceID), now: now) }
    var left = unit
    left.step = step
    let moved = try move(
      unit, .damaged(sourceDone: try isFree(left)), Change(step: step), now: now)
    try replan(around: [moved], now: now)
    if unit.kind == .source {
      let waiting = try movings(
        "source_id = ? AND state IN ('ready', 'parked', 'scheduled')", [unit.id])
      for variant in waiting { try move(variant, .sourceLost, now: now) }
    }
    return true
  }

  /// Makes a lost unit of other numerics anew, or what waits for a lost source; the old one is given up.
  /// `false` where the unit is of today's.
  fileprivate func remake(_ unit: Moving, now: Int64) throws -> Bool {
    var renewal = try Renewal(self, now: now)
    var new: Moving?
    if unit.kind == .variant {
      new = try renewal.renew(unit)
      if new?.id == unit.id { return false }
    } else {
      for variant in try movings("source_id = ? AND \(Self.openStates)", [unit.id]) {
        try renewal.renewOpen(variant)
      }
      guard try !hasOpenVariants(unit.id) else { return false }
    }
    try renewal.retire(try move(unit, .damaged(sourceDone: true), Change(step: 0), now: now), new)
    try renewal.plan()
    return true
  }
}
