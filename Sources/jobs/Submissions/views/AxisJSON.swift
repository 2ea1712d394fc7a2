public import EditJobs

/// An axis as JSON.
public struct AxisJSON: Encodable, Sendable {
  var name: String
  var values: [JSONScalar]
  /// What varies together with it; absent for nothing.
  var zipped: [AxisJSON]?

  /// Shows an axis.
  public init(_ axis: SweepAxis) {
    name = axis.name
    values = axis.values.map { JSONScalar($0, axis: axis.name) }
    zipped = axis.zipped?.map(AxisJSON.init)
  }
}
