import EditJobs
import GRDB

/// Makes units anew under the numerics that the table is of: the same edits of the same sources under
/// new keys, which begin at step 0. Cells that pointed at the old units point at the new ones.
///
/// The old units keep their rows and their files. One transaction of the caller's.
struct Renewal {
  private let db: Database
  private let now: Int64
  private let revision: Int
  private var groups: Set<TreeGroup> = []
  private var variants: [Int64] = []
  private var sources: [Int64: Int64] = [:]
  /// Units that were made, sources included.
  private(set) var count = 0

  init(_ db: Database, now: Int64) throws {
    (self.db, self.now) = (db, now)
    revision = try db.revision()
  }

  /// An open variant of other numerics: made anew where somebody wants it, and given up.
  mutating func renewOpen(_ variant: Moving) throws {
    let new = try db.isWanted(variant.id) ? try renew(variant) : nil
    if new?.id != variant.id { try retire(variant, new) }
  }

  /// What a variant of other numerics is under today's, wanted as an open cell would want it.
  ///
  /// One that is of today's numerics is itself.
  mutating func renew(_ variant: Moving) throws -> Moving {
    guard variant.revision != revision, let sourceID = variant.sourceID else { return variant }
    // Read before anything changes: a bad one must not leave half a renewal.
    let edit = try db.spec(variant.id, as: ResolvedEdit.self)
    let source = try renewSource(sourceID)
    guard source.id != sourceID else {
      try say(variant.id)
      return try db.moving(id: variant.id)
    }
    let today = Submission.Variant(source: source.key, edit: edit)
    let id = try db.moving(today.key)?.id ?? insert(variant, today, source)
    try db.cachedStatement(sql: "UPDATE cell SET unit_id = ? WHERE unit_id = ?")
      .execute(arguments: [id, variant.id])
    variants.append(id)
    groups.insert(TreeGroup(source: source.id, prompt: edit.promptHash))
    let new = try db.moving(id: id)
    // A source is wanted by its variants alone, and not by those that are done.
    if new.state != .done { try db.want(try db.moving(id: source.id), now: now) }
    try db.want(new, now: now)
    try db.note(
      "renewed", unit: id, detail: "\(name(variant)) of numerics \(variant.revision)", now: now)
    return try db.moving(id: id)
  }

  /// Gives up a unit in whose place another is made; its source too, where nothing else waits for it.
  mutating func retire(_ unit: Moving, _ new: Moving?) throws {
    let instead = new.map { ": \(name($0)) is made in its place" } ?? ""
    let change = Change(
      errorCode: "numerics-older",
      errorText: "it is of numerics revision \(unit.revision), not \(revision)\(instead)")
    try db.move(unit, .cancelled, change, now: now)
    if let token = unit.token {
      try db.endAttempt(unit, token: token, .lost, step: unit.step, now: now)
    }
    if let source = unit.sourceID { try retireIdle(source) }
  }

  /// Gives up a source of other numerics that no variant waits for.
  mutating func retireIdle(_ id: Int64) throws {
    let source = try db.moving(id: id)
    guard source.state.isOpen, source.revision != revision, try !db.hasOpenVariants(id) else {
      return
    }
    let new = try sources[id].map { try db.moving(id: $0) }
    try retire(source, new)
  }

  /// Plans the trees of what was made; it is as urgent as its cells.
  func plan() throws {
    try db.reprioritise(variants)
    for group in groups { try db.replan(group, now: now) }
  }

  // MARK: rows

  private mutating func renewSource(_ id: Int64) throws -> Moving {
    if let new = sources[id] { return try db.moving(id: new) }
    let old = try db.moving(id: id)
    let spec = try db.spec(id, as: SourceSpec.self)
    var new = id
    if spec.numerics.revision == revision {
      try say(id)
    } else {
      let renewed = spec.renewed(to: revision)
      new = try db.moving(renewed.key)?.id ?? insert(old, renewed)
    }
    sources[id] = new
    return try db.moving(id: new)
  }

  private mutating func insert(_ old: Moving, _ spec: SourceSpec) throws -> Int64 {
    let id = try copy(old, key: spec.key, source: nil, state: .ready, spec: try sortedJSON(spec))
    try db.note(
      "renewed", unit: id, detail: "\(name(old)) of numerics \(old.revision)", now: now)
    return id
  }

  private mutating func insert(
    _ old: Moving, _ variant: Submission.Variant, _ source: Moving
  ) throws -> Int64 {
    let id = try copy(
      old, key: variant.key, source: source.id,
      state: source.state == .done ? .ready : .blocked, spec: nil)
    try db.sign(
      id, source: source.id, prompt: variant.edit.promptHash, runs: variant.signatures.data)
    return id
  }

  /// A new row in the place of an old one, at step 0.
  private mutating func copy(
    _ old: Moving, key: Key, source: Int64?, state: UnitState, spec: String?
  ) throws -> Int64 {
    try db.cachedStatement(
      sql: """
        INSERT INTO unit (kind, key, model_id, compute, kernels, source_id, steps, state, priority,
          turn, created_ms, revision, spec)
        SELECT kind, ?, model_id, compute, kernels, ?, steps, ?, priority, turn, ?, ?,
          coalesce(?, spec)
        FROM unit WHERE id = ?
        """
    ).execute(arguments: [key.data, source, state.rawValue, now, revision, spec, old.id])
    count += 1
    return db.lastInsertedRowID
  }

  /// Writes down what a row did not say: that it is of today's numerics.
  private func say(_ id: Int64) throws {
    try db.cachedStatement(sql: "UPDATE unit SET revision = ? WHERE id = ?")
      .execute(arguments: [revision, id])
  }

  private func name(_ unit: Moving) -> String {
    "\(unit.kind.letter)-\(unit.key.description.prefix(6))"
  }
}
