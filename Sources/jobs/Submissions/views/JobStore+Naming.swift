import EditJobs
public import Files
public import JobStore

extension JobStore {
  /// The number of the sweep that a person named.
  ///
  /// - Throws: `not-a-sweep` (65).
  public func sweepNumber(_ text: String) throws(EditError) -> Int64 {
    switch try resolve(text) {
    case .sweep(let id), .cells(let id, _): return id
    case .unit, .all:
      throw EditError(
        "not-a-sweep", .data, "\(text) is not one sweep", hint: "p2p status lists them")
    }
  }
}
