public import EditJobs
public import Files
import Foundation
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

  /// All units whose keys begin with some hexadecimal digits, oldest first.
  public func units(prefix: String, kind: UnitKind? = nil) throws(EditError) -> [UnitRow] {
    let digits = prefix.lowercased()
    let low = digits.padding(to: 64, with: "0")
    let high = digits.padding(to: 64, with: "f")
    guard let first = Key(hex: low), let last = Key(hex: high) else { return [] }
    return try read { db in
      try db.unitRows("u.key BETWEEN ? AND ?", [first.data, last.data])
    }.filter { kind == nil || $0.kind == kind }
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

  /// How many columns there are.
  static let columnCount = 16

  /// Reads a row whose first columns are `columns`, by their places: there may be thousands, and looking
  /// names up takes longer than all the rest.
  init(_ row: Row) throws {
    func hash(_ place: Int) throws -> Digest? {
      guard let data: Data = row[place] else { return nil }
      guard let digest = Digest(bytes: Array(data)) else {
        throw EditError("job-table-damaged", .io, "a key or manifest is not 32 bytes")
      }
      return digest
    }
    guard let key = try hash(2) else {
      throw EditError("job-table-damaged", .io, "a unit has no key")
    }
    guard let kind = UnitKind(rawValue: row[1]), let state = UnitState(rawValue: row[4]) else {
      throw EditError("job-table-damaged", .io, "unit \(Key(key).short) has no kind or state")
    }
    self.init(
      id: row[0], kind: kind, key: Key(key), source: try hash(3).map { Key($0) }, state: state,
      step: row[5], steps: row[6], priority: row[7], attempts: row[8], dueMs: row[9],
      token: row[10], errorCode: row[11], errorText: row[12], createdMs: row[13],
      finishedMs: row[14], manifest: try hash(15))
  }
}

extension String {
  fileprivate func padding(to length: Int, with digit: Character) -> String {
    self + String(repeating: digit, count: Swift.max(0, length - count))
  }
}
