import EditJobs
public import Files
public import JobStore
public import Planner

/// A sweep that grows by values of its axes.
public struct Growth: Sendable {
  /// The sweep's number.
  public let sweep: Int64
  /// What was requested, with the values that come.
  public var request: SweepRequest

  /// Reads what the sweep that a person named asks for, and adds values to its axes.
  ///
  /// - Throws: `not-a-sweep` (64); what is wrong with the values; what the job table throws.
  public init(
    of target: String, by values: [(name: String, values: [String])], in store: JobStore
  ) throws(EditError) {
    guard case .sweep(let sweep) = try store.resolve(target),
      let text = try store.request(of: sweep)
    else {
      throw EditError(
        "not-a-sweep", .usage, "\(target) is no sweep", hint: "p2p status lists them")
    }
    self.sweep = sweep
    request = try SweepRequest(canonical: text)
    for (name, values) in values { try request.grow(name, by: values) }
  }
}
