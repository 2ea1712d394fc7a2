import EditJobs
public import JobStore

extension Submitted {
  /// Said where a sweep shows pictures of several numerics; `nil` where it does not.
  public var olderRemark: String? {
    guard olderCells > 0 else { return nil }
    return
      "\(olderCells) cell\(olderCells == 1 ? " keeps its variant" : "s keep their variants") of older "
      + "numerics; new ones are made with revision \(Numerics.currentRevision), from sources of their own"
  }
}
