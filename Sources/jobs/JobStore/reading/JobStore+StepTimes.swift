public import Files
import GRDB

extension JobStore {
  /// Seconds that a step of a batch took lately at most: of a model in a compute type and with
  /// kernels, a picture size and so many lanes. `nil` where nothing was measured.
  ///
  /// Orders of as many lanes or more count; where there are none, the largest, as if each further lane
  /// took as long as theirs.
  public func stepSeconds(
    _ loaded: LoadedModel, width: Int, height: Int, lanes: Int
  ) throws(EditError) -> Double? {
    try read { db in
      let orders = try Row.fetchAll(
        db.cachedStatement(
          sql: """
            SELECT max(a.ms / (a.to_step - a.from_step)) / 1000 AS seconds, count(*) AS lanes FROM (
              SELECT * FROM attempt WHERE ended_ms IS NOT NULL ORDER BY id DESC LIMIT 200) a
            JOIN unit u ON u.id = a.unit_id JOIN unit s ON s.id = coalesce(u.source_id, u.id)
            WHERE \(loaded.condition(of: "u"))
              AND a.ms > 0 AND a.to_step > a.from_step
              AND json_extract(s.spec, '$.width') = ? AND json_extract(s.spec, '$.height') = ?
            GROUP BY a.token
            """), arguments: loaded.arguments + [width, height])
      var best: (lanes: Int, seconds: Double)?
      for order in orders {
        // All that are large enough are equally good.
        let had = min(order["lanes"], lanes)
        let seconds: Double = order["seconds"]
        if let best, (best.lanes, best.seconds) > (had, seconds) { continue }
        best = (had, seconds)
      }
      return best.map { $0.seconds * Double(lanes) / Double($0.lanes) }
    }
  }

  /// Seconds that an evaluation took lately: of a model in a compute type and with kernels, and a
  /// picture size. `nil` where nothing was measured.
  ///
  /// An order's time is shared among all evaluations of its lanes, so steps of one row, as those of an
  /// inversion, and steps of several count as what they are.
  public func secondsPerEvaluation(
    _ loaded: LoadedModel, width: Int, height: Int
  ) throws(EditError) -> Double? {
    try read { db in
      try Double.fetchOne(
        db,
        sql: """
          SELECT sum(ms) / sum(evaluations) / 1000 FROM (
            SELECT max(a.ms) AS ms, sum(a.evaluations) AS evaluations FROM (
              SELECT * FROM attempt WHERE ended_ms IS NOT NULL ORDER BY id DESC LIMIT 200) a
            JOIN unit u ON u.id = a.unit_id JOIN unit s ON s.id = coalesce(u.source_id, u.id)
            WHERE \(loaded.condition(of: "u"))
              AND a.ms > 0 AND a.evaluations > 0
              AND json_extract(s.spec, '$.width') = ? AND json_extract(s.spec, '$.height') = ?
            GROUP BY a.token)
          """, arguments: loaded.arguments + [width, height])
    }
  }
}
