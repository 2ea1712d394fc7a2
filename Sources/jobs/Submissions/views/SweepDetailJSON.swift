import EditJobs
public import JobStore

/// One sweep with its cells as JSON.
public struct SweepDetailJSON: Encodable, Sendable {
  struct CellJSON: Encodable, Sendable {
    var cell: String
    var values: [String: JSONScalar]
    var variant: String
    var source: String?
    var state: String
    var step: Int
    var of: Int
    var error: String?
  }

  var schema = "p2p.sweep/1"
  var sweep: SweepJSON
  var axes: [AxisJSON]
  var cells: [CellJSON]

  /// Shows a sweep.
  public init(_ detail: SweepDetail) {
    (sweep, axes) = (SweepJSON(detail.summary), detail.axes.map(AxisJSON.init))
    cells = detail.cells.map { cell in
      CellJSON(
        cell: cell.name, values: JSONScalar.values(cell.coordinates),
        variant: cell.variant.key.description, source: cell.variant.source?.description,
        state: cell.state.rawValue, step: cell.variant.step, of: cell.variant.steps,
        error: cell.variant.errorText)
    }
  }
}
