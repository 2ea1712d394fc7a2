public import EditJobs
import GRDB

extension JobStore {
  /// A unit by its key; `nil` where the table has none.
  public func unit(_ key: Key) throws(EditError) -> UnitRow? {
    try read { try $0.unitRows("u.key = ?", [key.data]).first }
  }

  /// Units in a state, oldest first.
  public func units(in state: UnitState) throws(EditError) -> [UnitRow] {
    // The state stands in the text, because a bound one hides the partial indexes.
    try read { try $0.unitRows("u.state = '\(state.rawValue)'", []) }
  }

  /// Units whose keys begin with some hexadecimal digits, oldest first; at most `limit`.
  public func units(prefix: String, kind: UnitKind? = nil, limit: Int = 10) throws(EditError)
    -> [UnitRow]
  {
    let digits = prefix.lowercased()
    let low = digits.padding(to: 64, with: "0")
    let high = digits.padding(to: 64, with: "f")
    guard let first = Key(hex: low), let last = Key(hex: high) else { return [] }
    return try read { db in
      try db.unitRows("u.key BETWEEN ? AND ?", [first.data, last.data])
    }.filter { kind == nil || $0.kind == kind }.prefix(limit).map { $0 }
  }

  /// What a source is; `nil` where the table has none of that key.
  public func sourceSpec(_ key: Key) throws(EditError) -> SourceSpec? {
    try read { db in
      guard let unit = try db.moving(key), unit.kind == .source else { return nil }
      return try db.spec(unit.id, as: SourceSpec.self)
    }
  }

  /// What a variant's edit means; `nil` where the table has none of that key.
  public func edit(_ key: Key) throws(EditError) -> ResolvedEdit? {
    try read { db in
      guard let unit = try db.moving(key), unit.kind == .variant else { return nil }
      return try db.spec(unit.id, as: ResolvedEdit.self)
    }
  }

  /// The model of a unit, with facts at the unit's size; `nil` where the table has no such unit.
  public func model(of key: Key) throws(EditError) -> StoredModel? {
    try read { db in
      guard let unit = try db.moving(key) else { return nil }
      let source = try db.spec(unit.sourceID ?? unit.id, as: SourceSpec.self)
      let id = try Int64.fetchOne(
        db, sql: "SELECT model_id FROM unit WHERE id = ?", arguments: [unit.id])
      return try id.map { try db.storedModel($0, width: source.width, height: source.height) }
    }
  }
}

extension Database {
  func unitRows(_ condition: String, _ arguments: StatementArguments) throws -> [UnitRow] {
    try Row.fetchAll(
      self,
      sql: """
        SELECT \(UnitRow.columns) FROM unit u LEFT JOIN unit s ON s.id = u.source_id
        WHERE \(condition) ORDER BY u.id
        """, arguments: arguments
    ).map(UnitRow.init)
  }
}

extension UnitRow {
  /// Of a unit `u` and its source `s`.
  static let columns = """
    u.id, u.kind, u.key, s.key AS source_key, u.state, u.step, u.steps, u.priority, u.attempts,
    u.due_ms, u.token, u.error_code, u.error_text, u.created_ms, u.finished_ms, u.manifest
    """

  init(_ row: Row) throws {
    self.init(
      id: row["id"], kind: try row.value("kind"), key: try row.key("key"),
      source: row["source_key"] == nil ? nil : try row.key("source_key"),
      state: try row.value("state"), step: row["step"], steps: row["steps"],
      priority: row["priority"], attempts: row["attempts"], dueMs: row["due_ms"],
      token: row["token"], errorCode: row["error_code"], errorText: row["error_text"],
      createdMs: row["created_ms"], finishedMs: row["finished_ms"],
      manifest: row["manifest"] == nil ? nil : try row.digest("manifest"))
  }
}

extension String {
  fileprivate func padding(to length: Int, with digit: Character) -> String {
    self + String(repeating: digit, count: Swift.max(0, length - count))
  }
}
