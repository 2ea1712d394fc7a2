import EditJobs
public import JobStore

/// A unit as JSON.
public struct UnitJSON: Encodable, Sendable {
  var unit: String
  var kind: String
  var source: String?
  var state: String
  var step: Int
  var of: Int
  var attempts: Int
  var code: String?
  var error: String?

  /// Shows a unit.
  public init(_ row: UnitRow) {
    (unit, kind, source) = (row.key.description, row.kind.rawValue, row.source?.description)
    (state, step, of, attempts) = (row.state.rawValue, row.step, row.steps, row.attempts)
    (code, error) = (row.errorCode, row.errorText)
  }
}
