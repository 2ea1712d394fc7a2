public import EditJobs
public import Files
import GRDB

extension JobStore {
  /// Seconds that a step of a batch may last, so that a cancel and a stop stay prompt.
  static let longestStep = 30.0

  /// Takes the head of the line: one source, or at most `lanes` ready variants of one source.
  ///
  /// `nil` where nothing is ready or the queue is paused. Every unit becomes running under one new
  /// token with an open attempt. What `warm` names goes first if its priority is the head's and it
  /// stands at most `warm.window` guided steps behind. `lanes` says how many variants fit into the
  /// memory; no more are taken than make a step of about `longestStep` seconds, by what an evaluation
  /// of their source took, but at least one. Models in `barred` are passed over.
  public func claim(
    place: String, warm: Warm? = nil, barred: Set<Digest> = [], now: Int64,
    lanes: (StoredModel, SourceSpec) -> Int
  ) throws(EditError) -> ClaimedOrder? {
    try write { db in
      let paused = try Bool.fetchOne(
        db.cachedStatement(sql: "SELECT paused FROM control WHERE id = 1"))
      if paused == true { return nil }
      while let head = try db.head(warm: warm, barred: barred) {
        if try db.isHeld(head.unit) {
          try db.move(head.unit, .paused, now: now)
          continue
        }
        do {
          if try head.unit.revision != db.revision(), try db.renew(head.unit, now: now) { continue }
          return try db.take(head, place: place, now: now, lanes: lanes)
        } catch let error as EditError where error.code == "job-table-damaged" {
          // The line goes on behind a row that cannot be read.
          try db.giveUp(head, error, now: now)
        }
      }
      return nil
    }
  }
}

/// The statements of the claim. `INDEXED BY` makes an unusable index an error, not a slow queue, and
/// the states are literal, because a bound one hides partial indexes from the planner.
enum ClaimSQL {
  static let columns = "\(Moving.columns), model_id, priority, turn, alone"
  static let head = """
    SELECT \(columns) FROM unit INDEXED BY unit_ready
    WHERE state = 'ready' ORDER BY priority DESC, turn, id LIMIT 1
    """
  static let headOfOthers = """
    SELECT \(columns) FROM unit INDEXED BY unit_ready
    WHERE state = 'ready' AND model_id NOT IN (
      SELECT id FROM model WHERE hex(digest) IN (SELECT upper(value) FROM json_each(:barred)))
    ORDER BY priority DESC, turn, id LIMIT 1
    """
  static let warmSource = """
    SELECT \(columns) FROM unit INDEXED BY unit_ready_source
    WHERE state = 'ready' AND kind = 'variant'
      AND source_id = (SELECT id FROM unit WHERE key = :source)
      AND priority = :priority AND turn <= :turn ORDER BY turn, id LIMIT 1
    """
  static let warmModel = """
    SELECT \(columns) FROM unit INDEXED BY unit_ready_model
    WHERE state = 'ready' AND model_id = (SELECT id FROM model WHERE digest = :model)
      AND compute = :compute AND kernels = :kernels AND priority = :priority AND turn <= :turn
    ORDER BY turn, id LIMIT 1
    """
  static let lanes = """
    SELECT \(columns) FROM unit INDEXED BY unit_ready_source
    WHERE state = 'ready' AND kind = 'variant' AND source_id = ? AND alone = 0
    ORDER BY priority DESC, turn, id LIMIT ?
    """
  static let forks = """
    SELECT \(Moving.columns) FROM unit INDEXED BY unit_of_trunk
    WHERE trunk_id = ? AND state = 'blocked' AND step < trunk_step AND alone = 0
    ORDER BY trunk_step, id LIMIT ?
    """
  static let sourceEvaluation = """
    SELECT max(ms / evaluations) / 1000 FROM attempt WHERE unit_id = ? AND ms > 0 AND evaluations > 0
    """
  static let spec = "SELECT spec FROM unit WHERE id = ?"
}

/// A ready unit at the head of the line.
struct Head {
  var unit: Moving
  var model: Int64
  var priority: Int
  var turn: Int64
  var alone: Bool

  init(_ row: Row) throws {
    unit = try Moving(row)
    (model, priority, turn, alone) = (row["model_id"], row["priority"], row["turn"], row["alone"])
  }
}

extension Database {
  fileprivate func head(warm: Warm?, barred: Set<Digest>) throws -> Head? {
    let first = try first(barred: barred)
    guard let first, let warm, !barred.contains(warm.loaded.model) else { return first }
    let limit = first.turn + warm.window
    if let source = warm.source {
      let row = try Row.fetchOne(
        cachedStatement(sql: ClaimSQL.warmSource),
        arguments: ["source": source.data, "priority": first.priority, "turn": limit])
      if let row { return try Head(row) }
    }
    let row = try Row.fetchOne(
      cachedStatement(sql: ClaimSQL.warmModel),
      arguments: [
        "model": warm.loaded.model.data, "compute": warm.loaded.compute.rawValue,
        "kernels": warm.loaded.numerics.backend, "priority": first.priority, "turn": limit,
      ])
    return try row.map(Head.init) ?? first
  }

  private func first(barred: Set<Digest>) throws -> Head? {
    guard !barred.isEmpty else {
      return try Row.fetchOne(cachedStatement(sql: ClaimSQL.head)).map(Head.init)
    }
    let list = try sortedJSON(barred.sorted())
    return try Row.fetchOne(
      cachedStatement(sql: ClaimSQL.headOfOthers), arguments: ["barred": list]
    ).map(Head.init)
  }

  fileprivate func take(
    _ head: Head, place: String, now: Int64, lanes: (StoredModel, SourceSpec) -> Int
  ) throws -> ClaimedOrder {
    let sourceID = head.unit.sourceID ?? head.unit.id
    let source = try spec(sourceID, as: SourceSpec.self)
    let model = try storedModel(head.model, width: source.width, height: source.height)
    let units =
      head.unit.kind == .source || head.alone
      ? [head.unit]
      : try companions(
        of: head, lanes: max(1, min(lanes(model, source), try lanesInTime(sourceID, source))),
        now: now)
    var order = ClaimedOrder(
      token: 0, model: model, sourceKey: try moving(id: sourceID).key, source: source, units: [])
    // Specs are read before anything changes: a bad one must not leave half a claim.
    for unit in units {
      let edit = unit.kind == .source ? nil : try spec(unit.id, as: ResolvedEdit.self)
      order.units.append(
        ClaimedUnit(
          key: unit.key, step: unit.step, steps: unit.steps, edit: edit,
          trunk: try trunk(of: unit)))
    }
    order.token = try nextToken(turn: head.turn)
    for unit in units { try claim(unit, token: order.token, place: place, now: now) }
    if !order.isSource {
      try cachedStatement(sql: "UPDATE source_maps SET used_ms = ? WHERE unit_id = ?")
        .execute(arguments: [now, sourceID])
    }
    return order
  }

  /// How many lanes of a source make a step that is not too long; `.max` where its own was not
  /// measured.
  private func lanesInTime(_ id: Int64, _ source: SourceSpec) throws -> Int {
    let seconds = try Double.fetchOne(
      cachedStatement(sql: ClaimSQL.sourceEvaluation), arguments: [id])
    let rows = Double(source.rowsPerPass)
    return seconds.map { Int(min(JobStore.longestStep / max(rows * $0, 1e-6), 1e6)) } ?? .max
  }

  /// The head, its forks and theirs, then other variants of the source with theirs, as many as fit.
  private func companions(of head: Head, lanes: Int, now: Int64) throws -> [Moving] {
    let ready = try withoutHeld(now: now) {
      try Row.fetchAll(
        cachedStatement(sql: ClaimSQL.lanes), arguments: [head.unit.sourceID, lanes]
      ).map(Moving.init)
    }
    var (units, taken): ([Moving], Set<Int64>) = ([], [])
    for unit in [head.unit] + ready where units.count < lanes {
      guard taken.insert(unit.id).inserted else { continue }
      var next = units.count
      units.append(unit)
      while next < units.count, units.count < lanes {
        units += try Row.fetchAll(
          cachedStatement(sql: ClaimSQL.forks), arguments: [units[next].id, lanes - units.count]
        ).map(Moving.init).filter { try !isHeld($0) }
        next += 1
      }
    }
    return units
  }

  private func trunk(of unit: Moving) throws -> WorkOrder.Trunk? {
    guard let trunkID = unit.trunkID, let step = unit.trunkStep else { return nil }
    return WorkOrder.Trunk(key: try moving(id: trunkID).key, step: step)
  }

  private func claim(_ unit: Moving, token: Int64, place: String, now: Int64) throws {
    // A fork that comes along with its trunk has what it waits for in its own order.
    let unit = unit.state == .blocked ? try move(unit, .unblocked, now: now) : unit
    try move(unit, .claimed, Change(token: token), now: now)
    try cachedStatement(
      sql: """
        INSERT INTO attempt (unit_id, token, place, from_step, claimed_ms) VALUES (?, ?, ?, ?, ?)
        """
    ).execute(arguments: [unit.id, token, place, unit.step, now])
  }

  /// Fences rise and are never used twice; the queue's own time follows the head.
  private func nextToken(turn: Int64) throws -> Int64 {
    let token = try Int64.fetchOne(
      cachedStatement(
        sql: """
          UPDATE control SET next_token = next_token + 1, virtual_turn = max(virtual_turn, ?)
          WHERE id = 1 RETURNING next_token - 1
          """), arguments: [turn])
    guard let token else { throw EditError("job-table", .software, "control has no row") }
    return token
  }

  /// What a program of other numerics queued is made anew; `false` where it only did not say that it is
  /// of today's.
  fileprivate func renew(_ unit: Moving, now: Int64) throws -> Bool {
    var renewal = try Renewal(self, now: now)
    let variants =
      unit.kind == .variant
      ? [unit] : try movings("source_id = ? AND \(Self.openStates)", [unit.id])
    for variant in variants { try renewal.renewOpen(variant) }
    try renewal.retireIdle(unit.id)
    try renewal.plan()
    return try moving(id: unit.id).state != .ready
  }

  fileprivate func giveUp(_ head: Head, _ error: EditError, now: Int64) throws {
    let token = try nextToken(turn: head.turn)
    let running = try move(head.unit, .claimed, Change(token: token), now: now)
    let failed = try move(
      running, .ended(.never), Change(errorCode: error.code, errorText: error.what), now: now)
    if failed.kind == .source { _ = try failVariants(of: failed, now: now) }
    try replan(around: [failed], now: now)
  }

  func spec<Spec: Decodable>(_ id: Int64, as type: Spec.Type) throws -> Spec {
    guard let row = try Row.fetchOne(cachedStatement(sql: ClaimSQL.spec), arguments: [id]) else {
      throw EditError("job-table", .software, "unit \(id) is gone")
    }
    return try row.json("spec")
  }

  /// A model, with its facts at a size where the table has them, else at any other.
  func storedModel(_ id: Int64, width: Int, height: Int) throws -> StoredModel {
    let row = try Row.fetchOne(
      cachedStatement(
        sql: """
          SELECT m.digest, m.folder, f.facts FROM model m JOIN model_facts f ON f.model_id = m.id
          WHERE m.id = ? ORDER BY f.width = ? AND f.height = ? DESC LIMIT 1
          """), arguments: [id, width, height])
    guard let row else { throw EditError("job-table", .software, "model \(id) is gone") }
    return StoredModel(
      digest: try row.digest("digest"), folder: row["folder"], facts: try row.json("facts"))
  }
}
