public import EditJobs
public import Files
import Foundation
import GRDB

extension JobStore {
  /// A sweep and everything that its pages show, all of one moment.
  /// - Throws: `no-such-sweep` (66).
  public func sweepResults(_ id: Int64) throws(EditError) -> SweepResults {
    let (results, columns) = try read { db -> (SweepResults, ResultColumns) in
      let cells = try db.cellRows(.sweep(id))
      let columns = try ResultColumns(db, sweep: id, cells)
      let results = SweepResults(
        detail: try detail(db, id, cells), rows: [], models: try columns.models(db),
        comparisons: try db.comparisons(sweep: id))
      return (results, columns)
    }
    var read = results
    read.rows = try columns.rows()
    return read
  }
}

/// A sweep with everything that its pages show, as it stood at one moment.
public struct SweepResults: Sendable {
  /// The sweep.
  public var detail: SweepDetail
  /// Its cells in grid order, then the plain re-prompts.
  public var rows: [ResultRow]
  /// What its models are, at the size of their first cell, by their digests.
  public var models: [Digest: ModelFacts]
  /// How near its variants came to their plain re-prompts, where that was written down.
  public var comparisons: [Comparison]
}

/// What the table says of results, as it says it: texts are read when the table is free again, because a
/// long read blocks every commit.
private struct ResultColumns: Sendable {
  private struct Variant: Sendable {
    var id: Int64
    var source: Int64
    var model: Int64
    var spec: String
    var folder: String
  }

  private var cells: [CellRow]
  private var names: [Int64: String] = [:]
  private var variants: [Variant] = []
  private var sources: [Int64: String] = [:]
  private var work: [Int64: (evaluations: Int, seconds: Double)] = [:]

  init(_ db: Database, sweep: Int64, _ cells: [CellRow]) throws {
    self.cells = cells
    let units = "(SELECT unit_id FROM cell WHERE sweep_id = ?)"
    let arguments: StatementArguments = [sweep]
    for row in try Row.fetchAll(db, sql: "SELECT id, name FROM sweep") {
      names[row["id"]] = row["name"]
    }
    variants = try Row.fetchAll(
      db,
      sql: """
        SELECT u.id, u.source_id, u.model_id, u.spec, m.folder FROM unit u JOIN model m ON m.id = u.model_id
        WHERE u.id IN \(units)
        """, arguments: arguments
    ).map { Variant(id: $0[0], source: $0[1], model: $0[2], spec: $0[3], folder: $0[4]) }
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

  /// What the models of the cells are, at the size of their first cell.
  func models(_ db: Database) throws -> [Digest: ModelFacts] {
    let known = Dictionary(
      variants.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var seen: Set<Int64> = []
    var models: [Digest: ModelFacts] = [:]
    for cell in cells {
      guard let variant = known[cell.variant.id], seen.insert(variant.model).inserted else {
        continue
      }
      let source = try db.spec(variant.source, as: SourceSpec.self)
      let model = try db.storedModel(variant.model, width: source.width, height: source.height)
      models[model.digest] = model.facts
    }
    return models
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
