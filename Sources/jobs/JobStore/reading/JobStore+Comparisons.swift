public import EditJobs
public import Files
import GRDB

/// How near a finished variant came to the plain re-prompt of its source and edit prompt.
public struct Comparison: Sendable, Hashable {
  /// The variant.
  public var variant: Key
  /// The plain re-prompt.
  public var rePrompt: Key
  /// Peak signal-to-noise ratio of the two pictures where the edit was meant to act, in decibels; `nil`
  /// where it was meant to act nowhere.
  public var psnrInside: Double?

  /// Takes what was measured.
  public init(variant: Key, rePrompt: Key, psnrInside: Double?) {
    (self.variant, self.rePrompt, self.psnrInside) = (variant, rePrompt, psnrInside)
  }
}

extension JobStore {
  /// Writes comparisons down; what was written before is replaced, units that are gone are passed over.
  public func write(_ comparisons: [Comparison]) throws(EditError) {
    guard !comparisons.isEmpty else { return }
    try write("writeComparisons") { db in
      let statement = try db.cachedStatement(
        sql: """
          INSERT OR REPLACE INTO comparison (variant_id, reprompt_id, psnr_inside)
          SELECT v.id, r.id, ? FROM unit v, unit r WHERE v.key = ? AND r.key = ?
          """)
      for one in comparisons {
        try statement.execute(arguments: [one.psnrInside, one.variant.data, one.rePrompt.data])
      }
    }
  }

  /// Sweeps with a done cell beside a done re-prompt of its source and edit prompt that nobody has
  /// compared: those of before there were comparisons, and those whose daemon was killed meanwhile.
  public func uncomparedSweeps() throws(EditError) -> [Int64] {
    try read { db in
      try Int64.fetchAll(
        db,
        sql: """
          SELECT DISTINCT r.sweep_id FROM cell r JOIN unit ru ON ru.id = r.unit_id
          JOIN signature rs ON rs.unit_id = r.unit_id
          WHERE r.role = 'reprompt' AND ru.state = 'done' AND EXISTS (
            SELECT 1 FROM cell c JOIN unit u ON u.id = c.unit_id
            JOIN signature s ON s.unit_id = c.unit_id
            WHERE c.sweep_id = r.sweep_id AND c.cancelled_ms IS NULL AND u.state = 'done'
              AND u.source_id = ru.source_id AND s.prompt = rs.prompt
              AND NOT EXISTS (SELECT 1 FROM comparison
                WHERE variant_id = c.unit_id AND reprompt_id = r.unit_id))
          """)
    }
  }
}

extension Database {
  /// The comparisons of a sweep's variants with its re-prompts that were written down.
  func comparisons(sweep: Int64) throws -> [Comparison] {
    try Row.fetchAll(
      self,
      sql: """
        SELECT DISTINCT v.key AS variant, r.key AS reprompt, p.psnr_inside
        FROM cell c JOIN comparison p ON p.variant_id = c.unit_id
        JOIN unit v ON v.id = p.variant_id JOIN unit r ON r.id = p.reprompt_id
        WHERE c.sweep_id = :sweep AND p.reprompt_id IN (
          SELECT unit_id FROM cell WHERE sweep_id = :sweep AND role = 'reprompt')
        """, arguments: ["sweep": sweep]
    ).map { row in
      Comparison(
        variant: try row.key("variant"), rePrompt: try row.key("reprompt"),
        psnrInside: row["psnr_inside"])
    }
  }
}
