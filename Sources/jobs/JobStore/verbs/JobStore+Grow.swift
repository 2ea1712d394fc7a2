public import EditJobs
public import Files
import GRDB

extension JobStore {
  /// Adds the cells to a sweep that it does not have yet, and moves the others to their new places:
  /// all or nothing, returns after the commit.
  ///
  /// `submission` is the whole sweep as it shall be. Cells keep their coordinates, their variants and
  /// what was done to them, under whatever numerics; with no new cell nothing changes but the places.
  /// New cells get variants of the submission's numerics, with sources of theirs.
  /// - Throws: `no-such-sweep` (66); `sweep-differs` (65) where a cell that is there would be lost or
  ///   would show another variant.
  public func grow(_ sweep: Int64, to submission: Submission, now: Int64) throws(EditError)
    -> Submitted
  {
    let axes = try sortedJSON(submission.axes)
    let places = try submission.places
    return try write { db in
      let growth = try Growth(db, sweep, submission, places)
      let new = growth.added
      let newTexts = try SubmissionTexts(new)
      var submitted = Submitted(new)
      (submitted.sweep, submitted.name) = (sweep, growth.name)
      submitted.olderCells = growth.older
      submitted.sharedSteps = try db.sharedSteps(new)
      if !new.cells.isEmpty {
        let models = try db.writeModels(new, texts: newTexts, now: now)
        let units = try db.writeUnits(
          new, newTexts, models: models, now: now, into: &submitted)
        try db.writeCells(new, newTexts, sweep: sweep, units: units)
      }
      for (id, cell) in growth.kept {
        try db.cachedStatement(
          sql: "UPDATE cell SET row = ?, col = ?, page = ?, label = ? WHERE id = ?"
        ).execute(arguments: [cell.row, cell.column, cell.page, cell.label, id])
      }
      try db.execute(
        sql: "UPDATE sweep SET axes = ?, request = ? WHERE id = ?",
        arguments: [axes, submission.request, sweep])
      try db.note(
        "grown", detail: "\(growth.name)-\(sweep): \(new.cells.count) cells", now: now)
      return submitted
    }
  }

  /// What `grow` would answer, with nothing written.
  public func rehearseGrowth(_ sweep: Int64, to submission: Submission) throws(EditError)
    -> (added: Submission, submitted: Submitted)
  {
    let places = try submission.places
    return try read { db in
      let growth = try Growth(db, sweep, submission, places)
      var submitted = Submitted(growth.added)
      (submitted.sweep, submitted.name) = (sweep, growth.name)
      submitted.olderCells = growth.older
      for key in growth.added.sources.map(\.key) + growth.added.variants.map(\.key) {
        submitted.sort(key, try db.moving(key)?.state)
      }
      submitted.sharedSteps = try db.sharedSteps(growth.added)
      return (growth.added, submitted)
    }
  }

  /// The request of a sweep in canonical JSON; `nil` where there is no such sweep.
  public func request(of sweep: Int64) throws(EditError) -> String? {
    try read {
      try String.fetchOne($0, sql: "SELECT request FROM sweep WHERE id = ?", arguments: [sweep])
    }
  }
}

/// What names a cell of a sweep.
private struct CellPlace: Hashable {
  var role: String
  var coordinates: String
}

extension Submission {
  fileprivate var places: [CellPlace] {
    get throws(EditError) {
      var places: [CellPlace] = []
      for cell in cells {
        places.append(
          CellPlace(role: cell.role.rawValue, coordinates: try sortedJSON(cell.coordinates)))
      }
      return places
    }
  }
}

/// What a sweep has of what it shall be.
private struct Growth {

  var name: String
  /// The cells that are there, by their rows, with their new places.
  var kept: [(id: Int64, cell: Submission.Cell)] = []
  /// Those of them that show a variant of other numerics than the submission's.
  var older = 0
  /// The cells that are not, with their variants and sources.
  var added: Submission

  init(_ db: Database, _ sweep: Int64, _ submission: Submission, _ places: [CellPlace]) throws {
    let row = try Row.fetchOne(
      db, sql: "SELECT name, priority FROM sweep WHERE id = ?", arguments: [sweep])
    guard let row else {
      throw EditError("no-such-sweep", .missing, "no sweep \(sweep) here", hint: "p2p status")
    }
    name = row["name"]
    var wanted: [CellPlace: Submission.Cell] = [:]
    for (cell, place) in zip(submission.cells, places) { wanted[place] = cell }
    let cells = try Row.fetchAll(
      db,
      sql: """
        SELECT c.id, c.role, c.coord, u.key, u.revision FROM cell c JOIN unit u ON u.id = c.unit_id
        WHERE c.sweep_id = ?
        """, arguments: [sweep])
    var keys = VariantKeys(submission)
    for row in cells {
      let place = CellPlace(role: row["role"], coordinates: row["coord"])
      let key = try row.key("key")
      guard let cell = wanted.removeValue(forKey: place),
        cell.variant == key || keys.key(of: cell.variant, revision: row["revision"]) == key
      else {
        throw EditError(
          "sweep-differs", .data,
          "sweep \(sweep) cannot grow: its cell \(place.coordinates) differs",
          details: [
            "the model's files or the native kernels are others now, or the sweep was made by another "
              + "program"
          ],
          hint: "a new sweep")
      }
      kept.append((row["id"], cell))
      if cell.variant != key { older += 1 }
    }
    let new = zip(submission.cells, places).filter { wanted[$1] != nil }.map(\.0)
    let variants = Set(new.map(\.variant))
    added = submission
    added.priority = row["priority"]
    added.cells = new
    added.variants = submission.variants.filter { variants.contains($0.key) }
    let sources = Set(added.variants.map(\.source))
    added.sources = submission.sources.filter { sources.contains($0.key) }
  }
}

/// The keys of a submission's variants under other numerics.
private struct VariantKeys {
  private let variants: [Key: Submission.Variant]
  private let specs: [Key: SourceSpec]
  private var sources: [Int: [Key: Key]] = [:]

  init(_ submission: Submission) {
    variants = Dictionary(
      submission.variants.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    specs = Dictionary(
      submission.sources.map { ($0.key, $0.spec) }, uniquingKeysWith: { first, _ in first })
  }

  /// What a variant's key was under a revision of the numerics; `nil` where the submission has no such
  /// variant.
  mutating func key(of variant: Key, revision: Int) -> Key? {
    guard let variant = variants[variant], let spec = specs[variant.source] else { return nil }
    let source = sources[revision]?[variant.source] ?? spec.renewed(to: revision).key
    sources[revision, default: [:]][variant.source] = source
    return variant.key(source: source)
  }
}
