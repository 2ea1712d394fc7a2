import EditJobs
public import Files
import Foundation
import GRDB

extension JobStore {
  /// Everything a table of results shows and the job table knows, in grid order.
  public func results(_ target: Target) throws(EditError) -> [ResultRow] {
    try read { try ResultColumns($0, target) }.rows()
  }

  /// A sweep and everything that a table of its results shows, both of one moment.
  /// - Throws: `no-such-sweep` (66).
  public func sweepResults(_ id: Int64) throws(EditError) -> (SweepDetail, [ResultRow]) {
    let (sweep, columns) = try read { db -> (SweepDetail, ResultColumns) in
      let cells = try db.cellRows(.sweep(id))
      return (try detail(db, id, cells), try ResultColumns(db, .sweep(id), cells))
    }
    return (sweep, try columns.rows())
  }
}

/// What the table says of results, as it says it: texts are read when the table is free again, because a
/// long read blocks every commit.
private struct ResultColumns: Sendable {
  private struct Variant: Sendable {
    var id: Int64
    var source: Int64
    var spec: String
    var folder: String
  }

  private var cells: [CellRow]
  private var names: [Int64: String] = [:]
  private var variants: [Variant] = []
  private var sources: [Int64: String] = [:]
  private var work: [Int64: (evaluations: Int, seconds: Double)] = [:]

  init(_ db: Database, _ target: Target, _ known: [CellRow]? = nil) throws {
    cells = try known ?? db.cellRows(target)
    let (condition, arguments) = try target.condition()
    let units = """
      (SELECT c.unit_id FROM cell c JOIN unit u ON u.id = c.unit_id WHERE \(condition))
      """
    for row in try Row.fetchAll(db, sql: "SELECT id, name FROM sweep") {
      names[row["id"]] = row["name"]
    }
    variants = try Row.fetchAll(
      db,
      sql: """
        SELECT u.id, u.source_id, u.spec, m.folder FROM unit u JOIN model m ON m.id = u.model_id
        WHERE u.id IN \(units)
        """, arguments: arguments
    ).map { Variant(id: $0[0], source: $0[1], spec: $0[2], folder: $0[3]) }
    let made = try Row.fetchAll(
      db,
      sql: """
        SELECT unit_id, coalesce(sum(evaluations), 0),
          coalesce(sum(ended_ms - claimed_ms), 0) / 1000.0
        FROM attempt WHERE unit_id IN \(units) GROUP BY unit_id
        """, arguments: arguments)
    for row in made { work[row[0]] = (row[1], row[2]) }
    for id in Set(variants.map(\.source)) {
      sources[id] = try String.fetchOne(
        db.cachedStatement(sql: ClaimSQL.spec), arguments: [id])
    }
  }

  func rows() throws(EditError) -> [ResultRow] {
    do { return try decoded() } catch let error as EditError {
      throw error
    } catch {
      throw EditError("job-table-damaged", .io, "a spec cannot be read: \(error)")
    }
  }

  private func decoded() throws -> [ResultRow] {
    let specs = try sources.mapValues {
      try JSONDecoder().decode(SourceSpec.self, from: Data($0.utf8))
    }
    let edits = try variants.concurrentMap {
      try JSONDecoder().decode(ResolvedEdit.self, from: Data($0.spec.utf8))
    }
    let places = Dictionary(
      variants.indices.map { (variants[$0].id, $0) }, uniquingKeysWith: { first, _ in first })
    return try cells.map { cell in
      guard let place = places[cell.variant.id], let spec = specs[variants[place].source] else {
        throw EditError("job-table", .software, "variant \(cell.variant.name) has no source")
      }
      let work = work[cell.variant.id]
      return ResultRow(
        sweep: cell.sweep, name: names[cell.sweep] ?? "", cell: cell, source: spec,
        edit: edits[place], modelFolder: variants[place].folder,
        evaluations: work?.evaluations ?? 0, seconds: work?.seconds ?? 0)
    }
  }
}
