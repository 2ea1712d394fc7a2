import EditJobs
import Files
import Foundation
import GRDB

/// A unit as a transition needs it.
struct Moving {
  var id: Int64
  var key: Key
  var kind: UnitKind
  var state: UnitState
  var step: Int
  var steps: Int
  var sourceID: Int64?
  var token: Int64?
  var trunkID: Int64?
  var trunkStep: Int?
  /// Of the numerics; 0 where the row does not say.
  var revision: Int

  static let columns =
    "id, key, kind, state, step, steps, source_id, token, trunk_id, trunk_step, revision"

  /// How many columns there are.
  static let columnCount = 11

  /// Reads a row whose first columns are `columns`, by their places: looking names up takes longer
  /// than all the rest.
  init(_ row: Row) throws {
    let key: Data = row[1]
    guard let digest = EditJobs.Digest(bytes: Array(key)) else {
      throw EditError("job-table-damaged", .io, "key is not 32 bytes")
    }
    self.key = EditJobs.Key(digest)
    guard let kind = UnitKind(rawValue: row[2]), let state = UnitState(rawValue: row[3]) else {
      throw EditError("job-table-damaged", .io, "unit \(self.key.short) has no kind or state")
    }
    (id, self.kind, self.state) = (row[0], kind, state)
    (step, steps, sourceID, token) = (row[4], row[5], row[6], row[7])
    (trunkID, trunkStep, revision) = (row[8], row[9], row[10])
  }

  /// Whether the unit shares steps with a trunk and does not have them in its own file yet.
  var isUnsplit: Bool { trunkStep.map { step < $0 } ?? false }

  /// Whether the unit runs under a token; anything else is stale.
  func holds(_ token: Int64) -> Bool { state == .running && self.token == token }
}

/// What an event writes beside the state.
struct Change {
  var step: Int?
  var token: Int64?
  var dueMs: Int64?
  var manifest: Digest?
  var errorCode: String?
  var errorText: String?
}

extension Database {
  func moving(_ key: Key) throws -> Moving? {
    try Row.fetchOne(
      cachedStatement(sql: "SELECT \(Moving.columns) FROM unit WHERE key = ?"),
      arguments: [key.data]
    ).map(Moving.init)
  }

  func moving(id: Int64) throws -> Moving {
    let row = try Row.fetchOne(
      cachedStatement(sql: "SELECT \(Moving.columns) FROM unit WHERE id = ?"), arguments: [id])
    guard let row else { throw EditError("job-table", .software, "unit \(id) is gone") }
    return try Moving(row)
  }

  func movings(_ condition: String, _ arguments: StatementArguments = []) throws -> [Moving] {
    try Row.fetchAll(
      cachedStatement(sql: "SELECT \(Moving.columns) FROM unit WHERE \(condition)"),
      arguments: arguments
    ).map(Moving.init)
  }

  /// Moves a unit through an event and writes it to the log: the only place where a state changes.
  ///
  /// A token is kept by running units alone, a due time by scheduled ones, a manifest by done ones,
  /// and the last failure by all but done and retried ones.
  @discardableResult
  func move(_ unit: Moving, _ event: UnitEvent, _ change: Change = Change(), now: Int64) throws
    -> Moving
  {
    var moved = unit
    moved.state = try unit.state.after(event)
    moved.step = min(max(change.step ?? unit.step, 0), unit.steps)
    moved.token = moved.state == .running ? change.token : nil
    var keepsError = moved.state != .done
    if case .retried = event { keepsError = false }
    try cachedStatement(
      sql: """
        UPDATE unit SET state = :state, step = :step, token = :token, due_ms = :due,
          finished_ms = :finished, manifest = :manifest,
          error_code = CASE WHEN :keeps THEN coalesce(:code, error_code) ELSE NULL END,
          error_text = CASE WHEN :keeps THEN coalesce(:text, error_text) ELSE NULL END
        WHERE id = :id AND state = :old
        """
    ).execute(arguments: [
      "state": moved.state.rawValue, "step": moved.step, "token": moved.token,
      "due": moved.state == .scheduled ? change.dueMs : nil,
      "finished": moved.state.isOpen ? nil : now,
      "manifest": moved.state == .done ? change.manifest?.data : nil,
      "keeps": keepsError, "code": change.errorCode, "text": change.errorText,
      "id": unit.id, "old": unit.state.rawValue,
    ])
    guard changesCount == 1 else {
      throw EditError("job-table", .software, "unit \(unit.key.short) changed under our hands")
    }
    try note(
      event.name, unit: unit.id, from: unit.state, to: moved.state, step: moved.step,
      detail: change.errorCode, now: now)
    return moved
  }

  func note(
    _ kind: String, unit: Int64? = nil, from: UnitState? = nil, to: UnitState? = nil,
    step: Int? = nil, detail: String? = nil, now: Int64
  ) throws {
    try cachedStatement(
      sql: """
        INSERT INTO event (at_ms, unit_id, kind, old_state, new_state, step, detail)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [now, unit, kind, from?.rawValue, to?.rawValue, step, detail])
  }

  func endAttempt(_ unit: Moving, token: Int64, _ outcome: AttemptOutcome, step: Int, now: Int64)
    throws
  {
    try cachedStatement(
      sql: """
        UPDATE attempt SET ended_ms = ?, outcome = ?, to_step = ?
        WHERE unit_id = ? AND token = ? AND ended_ms IS NULL
        """
    ).execute(arguments: [now, outcome.rawValue, step, unit.id, token])
  }
}

extension UnitEvent {
  /// The event's name in the log.
  var name: String {
    switch self {
    case .due: "due"
    case .unblocked: "unblocked"
    case .sourceFailed: "source-failed"
    case .sourceLost: "source-lost"
    case .forked: "forked"
    case .postponed: "postponed"
    case .claimed: "claimed"
    case .finished: "finished"
    case .stopped: "stopped"
    case .paused: "paused"
    case .released: "released"
    case .notSplit: "not-split"
    case .ended(let verdict): "ended-\(verdict.rawValue)"
    case .cancelled: "cancelled"
    case .retried: "retried"
    case .damaged: "damaged"
    }
  }
}
