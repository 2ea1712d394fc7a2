public import EditJobs
public import Files
import Foundation
import GRDB

extension JobStore {
  /// Writes a planned sweep, all or nothing; returns after the commit.
  ///
  /// The same client key with the same request returns the stored sweep, `created` false. Units that
  /// exist are shared; cancelled and failed ones are wanted again.
  /// - Throws: `key-reused` (65) where the client's key stands for another request.
  public func enqueue(_ submission: Submission, owner: UInt32, now: Int64) throws(EditError)
    -> Submitted
  {
    // Texts are made before the transaction: nobody waits for them.
    let texts = try SubmissionTexts(submission)
    return try write { db in
      if let earlier = try db.earlier(submission, owner: owner) { return earlier }
      var submitted = Submitted(submission)
      submitted.sharedSteps = try db.sharedSteps(submission)
      let models = try db.writeModels(submission, texts: texts, now: now)
      try db.execute(
        sql: """
          INSERT INTO sweep (name, owner_uid, client_key, request_hash, request, axes, priority,
            created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          submission.name, owner, submission.clientKey, submission.requestHash.data,
          submission.request, texts.axes, submission.priority, now,
        ])
      submitted.sweep = db.lastInsertedRowID
      let units = try db.writeUnits(submission, texts, models: models, now: now, into: &submitted)
      try db.writeCells(submission, texts, sweep: submitted.sweep, units: units)
      try db.releaseFromPauses(now: now)
      try db.note("submitted", detail: "\(submission.name)-\(submitted.sweep)", now: now)
      return submitted
    }
  }

  /// What `enqueue` would answer, with nothing written; the sweep's number is 0 where it is new.
  public func rehearse(_ submission: Submission, owner: UInt32) throws(EditError) -> Submitted {
    try read { db in
      if let earlier = try db.earlier(submission, owner: owner) { return earlier }
      var submitted = Submitted(submission)
      for key in submission.sources.map(\.key) + submission.variants.map(\.key) {
        submitted.sort(key, try db.moving(key)?.state)
      }
      submitted.sharedSteps = try db.sharedSteps(submission)
      return submitted
    }
  }
}

/// The JSON columns of a submission.
struct SubmissionTexts {
  var axes: String
  var facts: [String]
  var sources: [String]
  var variants: [String]
  var signatures: [(prompt: Data, runs: Data)]
  var coordinates: [String]

  init(_ submission: Submission) throws(EditError) {
    axes = try sortedJSON(submission.axes)
    facts = []
    for model in submission.models { facts.append(try sortedJSON(model.facts)) }
    sources = []
    for source in submission.sources { sources.append(try sortedJSON(source.spec)) }
    variants = []
    for variant in submission.variants { variants.append(try sortedJSON(variant.edit)) }
    signatures = submission.variants.map { ($0.edit.promptHash, $0.signatures.data) }
    coordinates = []
    for cell in submission.cells { coordinates.append(try sortedJSON(cell.coordinates)) }
  }
}

extension Submitted {
  init(_ submission: Submission) {
    self.init(
      sweep: 0, name: submission.name, created: true,
      cells: submission.cells.filter { $0.role == .cell }.count, newUnits: [], sharedUnits: [],
      doneUnits: [])
  }

  /// Counts a unit where it belongs; `nil` did not exist before.
  mutating func sort(_ key: Key, _ state: UnitState?) {
    switch state {
    case nil: newUnits.append(key)
    case .done: doneUnits.append(key)
    default: sharedUnits.append(key)
    }
  }
}

extension Database {
  /// The sweep that the client's key brought before.
  fileprivate func earlier(_ submission: Submission, owner: UInt32) throws -> Submitted? {
    guard let clientKey = submission.clientKey else { return nil }
    let row = try Row.fetchOne(
      self,
      sql: "SELECT id, name, request_hash FROM sweep WHERE owner_uid = ? AND client_key = ?",
      arguments: [owner, clientKey])
    guard let row else { return nil }
    let id: Int64 = row["id"]
    guard try row.digest("request_hash") == submission.requestHash else {
      throw EditError(
        "key-reused", .data, "the key \(clientKey) stands for another request, sweep \(id)",
        hint: "another --key, or none")
    }
    var submitted = Submitted(submission)
    (submitted.sweep, submitted.name, submitted.created) = (id, row["name"], false)
    // What the sweep is made of by now: an upgrade may have given its units other keys.
    let units = try Row.fetchAll(
      self,
      sql: """
        SELECT u.key, u.state FROM unit u WHERE u.id IN (
          SELECT v.id FROM cell c JOIN unit v ON v.id = c.unit_id WHERE c.sweep_id = :id
          UNION SELECT v.source_id FROM cell c JOIN unit v ON v.id = c.unit_id WHERE c.sweep_id = :id)
        ORDER BY u.kind, u.id
        """, arguments: ["id": id])
    for unit in units { submitted.sort(try unit.key("key"), try unit.value("state")) }
    return submitted
  }

  /// Writes the models and answers their rows by digest.
  func writeModels(
    _ submission: Submission, texts: SubmissionTexts, now: Int64
  ) throws -> [Digest: Int64] {
    var rows: [Digest: Int64] = [:]
    for (model, text) in zip(submission.models, texts.facts) {
      rows[model.facts.digest] = try write(model, text: text, now: now)
    }
    return rows
  }

  private func write(_ model: Submission.Model, text: String, now: Int64) throws -> Int64 {
    let facts = model.facts
    let id = try Int64.fetchOne(
      self,
      sql: """
        INSERT INTO model (digest, family, folder, created_ms) VALUES (?, ?, ?, ?)
        ON CONFLICT (digest) DO UPDATE SET folder = excluded.folder RETURNING id
        """,
      arguments: [facts.digest.data, facts.family, model.folder, now])
    guard let id else { throw EditError("job-table", .software, "a model has no number") }
    try execute(
      sql: """
        INSERT INTO model_facts (model_id, width, height, facts) VALUES (?, ?, ?, ?)
        ON CONFLICT (model_id, width, height) DO UPDATE SET facts = excluded.facts
        """,
      arguments: [id, facts.width, facts.height, text])
    return id
  }

  /// Writes sources and variants, every source followed by its variants in the fair order.
  ///
  /// A new unit's turn lies its own cost behind the one before it, from where the queue stands now:
  /// sweeps of equal priority interleave, and variants come before the next source.
  func writeUnits(
    _ submission: Submission, _ texts: SubmissionTexts, models: [Digest: Int64], now: Int64,
    into submitted: inout Submitted
  ) throws -> [Key: Int64] {
    var turn = try Int64.fetchOne(self, sql: "SELECT virtual_turn FROM control WHERE id = 1") ?? 0
    var units: [Key: Int64] = [:]
    var groups: Set<TreeGroup> = []
    let variants = Dictionary(grouping: submission.variants.indices) {
      submission.variants[$0].source
    }
    for (index, source) in submission.sources.enumerated() {
      guard let model = models[source.spec.model] else {
        throw EditError(
          "job-table", .software, "the model of source \(source.key.short) is not in the sweep")
      }
      var row = try moving(source.key)
      submitted.sort(source.key, row?.state)
      if row == nil {
        turn += Int64(source.spec.totalSteps)
        let id = try insert(
          NewUnit(
            key: source.key, source: nil, loaded: LoadedModel(source.spec),
            steps: source.spec.totalSteps, state: .ready,
            revision: source.spec.numerics.revision, spec: texts.sources[index]), submission,
          model: model, turn: turn, now: now)
        row = try moving(id: id)
      }
      guard var row else { continue }
      units[source.key] = row.id
      // Variants want their source themselves: nobody needs it where all of them are done.
      var isWanted = false
      for index in variants[source.key] ?? [] {
        let variant = submission.variants[index]
        let (prompt, runs) = texts.signatures[index]
        let existing = try moving(variant.key)
        submitted.sort(variant.key, existing?.state)
        if existing?.state != .done, !isWanted {
          isWanted = true
          try want(row, now: now)
          row = try moving(id: row.id)
          try raisePriority(row, to: submission.priority)
        }
        if let existing {
          units[variant.key] = existing.id
          if try !want(existing, now: now).isEmpty {
            groups.insert(TreeGroup(source: row.id, prompt: prompt))
          }
          try raisePriority(existing, to: submission.priority)
        } else {
          turn += Int64(variant.edit.steps)
          let id = try insert(
            NewUnit(
              key: variant.key, source: row.id, loaded: LoadedModel(source.spec),
              steps: variant.edit.steps,
              state: row.state == .done ? .ready : .blocked,
              revision: source.spec.numerics.revision, spec: texts.variants[index]),
            submission, model: model, turn: turn, now: now)
          try sign(id, source: row.id, prompt: prompt, runs: runs)
          units[variant.key] = id
          groups.insert(TreeGroup(source: row.id, prompt: prompt))
        }
      }
    }
    for group in groups { try replan(group, now: now) }
    return units
  }

  private func insert(
    _ unit: NewUnit, _ submission: Submission, model: Int64, turn: Int64, now: Int64
  ) throws -> Int64 {
    try cachedStatement(
      sql: """
        INSERT INTO unit (kind, key, model_id, compute, kernels, source_id, steps, state, priority,
          turn, created_ms, revision, spec) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      (unit.source == nil ? UnitKind.source : .variant).rawValue, unit.key.data, model,
      unit.loaded.compute.rawValue, unit.loaded.numerics.backend, unit.source, unit.steps,
      unit.state.rawValue, submission.priority, turn, now, unit.revision, unit.spec,
    ])
    return lastInsertedRowID
  }

  /// A shared unit has the highest priority of those who want it.
  private func raisePriority(_ unit: Moving, to priority: Int) throws {
    guard unit.state != .done else { return }
    try cachedStatement(
      sql: "UPDATE unit SET priority = ? WHERE id = ? AND priority < ?"
    ).execute(arguments: [priority, unit.id, priority])
  }

  func writeCells(
    _ submission: Submission, _ texts: SubmissionTexts, sweep: Int64, units: [Key: Int64]
  ) throws {
    let statement = try cachedStatement(
      sql: """
        INSERT INTO cell (sweep_id, role, coord, row, col, page, label, unit_id)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """)
    for (cell, coordinates) in zip(submission.cells, texts.coordinates) {
      try statement.execute(arguments: [
        sweep, cell.role.rawValue, coordinates, cell.row, cell.column, cell.page, cell.label,
        units[cell.variant],
      ])
    }
  }
}

/// A unit to insert.
private struct NewUnit {
  var key: Key
  var source: Int64?
  var loaded: LoadedModel
  var steps: Int
  var state: UnitState
  var revision: Int
  var spec: String
}
