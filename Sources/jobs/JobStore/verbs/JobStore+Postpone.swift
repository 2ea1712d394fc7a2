public import EditJobs
public import Files
import GRDB

/// Units that wait for a time, and why.
public struct Postponement: Sendable, Hashable {
  /// The stable name of the reason, e.g. `native-unavailable`.
  public var code: String
  /// The reason in words, of the unit that was made last.
  public var text: String
  /// How many wait for it.
  public var units: Int
  /// When the first is tried again; wall-clock milliseconds.
  public var dueMs: Int64

  /// Describes a wait.
  public init(code: String, text: String, units: Int, dueMs: Int64) {
    (self.code, self.text, self.units, self.dueMs) = (code, text, units, dueMs)
  }
}

extension JobStore {
  /// Ready units that no worker serves now wait for a time, with the reason; returns them.
  ///
  /// Nothing counts against them.
  @discardableResult
  public func postpone(
    _ loaded: LoadedModel, code: String, message: String, dueMs: Int64, now: Int64
  ) throws(EditError) -> [Key] {
    try write { db in
      let change = Change(dueMs: dueMs, errorCode: code, errorText: message)
      return try db.movings("\(loaded.condition()) AND state = 'ready'", loaded.arguments).map {
        try db.move($0, .postponed, change, now: now).key
      }
    }
  }

  /// What waits for a time with a reason is due now: the reason may be gone. Returns how many units.
  @discardableResult
  public func hasten(code: String, now: Int64) throws(EditError) -> Int {
    try write { db in
      try db.execute(
        sql: "UPDATE unit SET due_ms = ? WHERE state = 'scheduled' AND error_code = ?",
        arguments: [now, code])
      return db.changesCount
    }
  }

  /// What waits for a time, by reason: all units, or those that the open cells of a target want.
  public func postponements(_ target: Target? = nil) throws(EditError) -> [Postponement] {
    try read { db in
      let (condition, arguments) = try target?.condition() ?? ("", [])
      let wanted =
        target == nil
        ? ""
        : """
        AND id IN (WITH wanted AS (SELECT u.id, u.source_id FROM cell c
            JOIN unit u ON u.id = c.unit_id WHERE c.cancelled_ms IS NULL AND \(condition))
          SELECT id FROM wanted UNION SELECT source_id FROM wanted)
        """
      return try Row.fetchAll(
        db,
        sql: """
          SELECT error_code, count(*) AS units, min(due_ms) AS due, error_text
          FROM unit WHERE state = 'scheduled' AND error_code IS NOT NULL \(wanted)
          GROUP BY error_code ORDER BY error_code
          """, arguments: arguments
      ).map {
        Postponement(
          code: $0["error_code"], text: $0["error_text"] ?? "", units: $0["units"],
          dueMs: $0["due"])
      }
    }
  }
}

extension LoadedModel {
  /// The units, rows of a table by this name, that a worker which has this loaded may serve.
  func condition(of unit: String = "unit") -> String {
    """
    \(unit).model_id = (SELECT id FROM model WHERE digest = ?) AND \(unit).compute = ?
      AND \(unit).kernels = ?
    """
  }

  /// What stands for the question marks of `condition`.
  var arguments: StatementArguments { [model.data, compute.rawValue, numerics.backend] }
}
