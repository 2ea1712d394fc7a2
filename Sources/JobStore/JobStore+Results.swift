public import EditJobs
import GRDB

extension JobStore {
  /// Everything a table of results shows and the job table knows, in grid order.
  public func results(_ target: Target) throws(EditError) -> [ResultRow] {
    try read { db in
      let cells = try db.cellRows(target)
      var units: [Int64: UnitFacts] = [:]
      var sources: [Key: SourceSpec] = [:]
      var names: [Int64: String] = [:]
      return try cells.map { cell in
        let facts = try units[cell.variant.id] ?? db.facts(cell.variant, &sources)
        units[cell.variant.id] = facts
        let name =
          try names[cell.sweep]
          ?? String.fetchOne(
            db, sql: "SELECT name FROM sweep WHERE id = ?", arguments: [cell.sweep]) ?? ""
        names[cell.sweep] = name
        return ResultRow(
          sweep: cell.sweep, name: name, cell: cell, source: facts.source, edit: facts.edit,
          modelFolder: facts.folder, evaluations: facts.evaluations, seconds: facts.seconds)
      }
    }
  }
}

/// What a variant adds to its cells' rows.
private struct UnitFacts {
  var source: SourceSpec
  var edit: ResolvedEdit
  var folder: String
  var evaluations: Int
  var seconds: Double
}

extension Database {
  fileprivate func facts(_ variant: UnitRow, _ sources: inout [Key: SourceSpec]) throws
    -> UnitFacts
  {
    guard let key = variant.source, let source = try moving(key) else {
      throw EditError("job-table", .software, "variant \(variant.name) has no source")
    }
    let spec = try sources[key] ?? self.spec(source.id, as: SourceSpec.self)
    sources[key] = spec
    let row = try Row.fetchOne(
      cachedStatement(
        sql: """
          SELECT (SELECT m.folder FROM model m JOIN unit u ON u.model_id = m.id WHERE u.id = :id)
              AS folder,
            coalesce(sum(evaluations), 0) AS evaluations,
            coalesce(sum(ended_ms - claimed_ms), 0) / 1000.0 AS seconds
          FROM attempt WHERE unit_id = :id
          """), arguments: ["id": variant.id])
    return UnitFacts(
      source: spec, edit: try self.spec(variant.id, as: ResolvedEdit.self),
      folder: row?["folder"] ?? "", evaluations: row?["evaluations"] ?? 0,
      seconds: row?["seconds"] ?? 0)
  }
}
