public import EditJobs
public import JobStore
public import Planner

/// What a submission led to, as JSON.
public struct SubmittedJSON: Encodable, Sendable {
  struct Variants: Encodable {
    var new: Int
    var shared: Int
    var done: Int
  }

  var schema = "p2p.submitted/1"
  var id: Int64
  var name: String
  var created: Bool
  var cells: Int
  var units: Variants
  var guided_steps: Int
  /// Cells of a grown sweep that show variants of older numerics; absent where there are none.
  var older_cells: Int?
  /// What its sources are computed with.
  var dtype: ComputeType?
  /// Whose kernels compute them.
  var numerics: Numerics?
  /// How the waiting ended; absent where nobody waited for it.
  public var standing: StandingJSON?

  /// Shows what a submission led to; `source` is one of its sources.
  public init(_ submitted: Submitted, _ estimate: SweepEstimate, _ source: SourceSpec?) {
    (dtype, numerics) = (source?.compute, source?.numerics)
    (id, name, created) = (submitted.sweep, submitted.name, submitted.created)
    cells = submitted.cells
    units = Variants(
      new: submitted.newUnits.count, shared: submitted.sharedUnits.count,
      done: submitted.doneUnits.count)
    guided_steps = submitted.created ? estimate.guidedSteps : 0
    older_cells = submitted.olderCells > 0 ? submitted.olderCells : nil
  }
}
