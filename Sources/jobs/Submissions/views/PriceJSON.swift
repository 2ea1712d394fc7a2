import EditJobs
import Planner

/// What a sweep would cost, as JSON.
public struct PriceJSON: Encodable, Sendable {
  var schema = "p2p.dry-run/1"
  var name: String
  var dtype: ComputeType
  var numerics: Numerics
  var axes: [AxisJSON]
  var estimate: SweepEstimate
  var seconds: Double?
  var seconds_per_evaluation: Double?
  var remarks: [String]

  /// Shows a price.
  public init(_ price: SweepPrice) {
    (name, dtype, numerics) = (price.submission.name, price.compute, price.numerics)
    axes = price.submission.axes.map(AxisJSON.init)
    (estimate, remarks) = (price.estimate, price.remarks)
    (seconds, seconds_per_evaluation) = (price.seconds, price.secondsPerEvaluation)
  }
}
