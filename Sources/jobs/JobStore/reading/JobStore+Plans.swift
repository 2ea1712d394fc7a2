public import Files
import Foundation
import GRDB

extension JobStore {
  /// How SQLite would run the statements that must never scan the ready units, by name.
  ///
  /// For tests and diagnosis: a plan that sorts or scans turns a claim of 2 ms into one of 70.
  public func queryPlans() throws(EditError) -> [String: [String]] {
    let statements: [(name: String, sql: String, arguments: StatementArguments)] = [
      ("head", ClaimSQL.head, []),
      ("head of others", ClaimSQL.headOfOthers, ["barred": "[]"]),
      ("lanes", ClaimSQL.lanes, [1, 1]),
      ("forks", ClaimSQL.forks, [1, 1]),
      ("source evaluation", ClaimSQL.sourceEvaluation, [1]),
      ("tree", TreeGroup.sql, [1, Data()]),
      (
        "unblocked",
        "SELECT id FROM unit WHERE trunk_id = 1 AND trunk_step <= 1 AND state = 'blocked'",
        []
      ),
      ("warm source", ClaimSQL.warmSource, ["source": Int64(1), "priority": 0, "turn": 0]),
      (
        "warm model", ClaimSQL.warmModel,
        ["model": Int64(1), "compute": "f32", "kernels": "portable", "priority": 0, "turn": 0]
      ),
      ("due", "SELECT id FROM unit WHERE state = 'scheduled' AND (due_ms <= 1 OR due_ms > 2)", []),
      ("running", "SELECT id, token FROM unit WHERE state = 'running'", []),
      ("waiting", "SELECT id FROM unit WHERE source_id = 1 AND state = 'blocked'", []),
      ("wanted", "SELECT 1 FROM cell WHERE unit_id = 1 AND cancelled_ms IS NULL", []),
      ("pulse", LoopSQL.pulse, []),
      ("open", LoopSQL.open("c.sweep_id = ?"), [1, 1]),
      ("open units", LoopSQL.openUnits, []),
      ("showing", LoopSQL.showing, ["key": Data()]),
      ("sizes", LoopSQL.sizes, []),
      ("census", "SELECT kind, state, count(*) FROM unit GROUP BY kind, state", []),
    ]
    return try read { db in
      var plans: [String: [String]] = [:]
      for statement in statements {
        plans[statement.name] = try Row.fetchAll(
          db, sql: "EXPLAIN QUERY PLAN " + statement.sql, arguments: statement.arguments
        ).map { $0["detail"] }
      }
      return plans
    }
  }
}
