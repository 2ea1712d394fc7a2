import EditJobs
public import Files
public import JobStore
public import Planner
import ResultFiles
public import SweepPages

/// A request that was planned: it can be priced, and submitted.
public struct PlannedSubmission: Sendable {
  /// The cells and what they need.
  public let expansion: SweepExpansion
  /// What somebody should know of the models, the photographs and the cells, one sentence each.
  public let remarks: [String]
  let photos: [PhotoInput]
  let settings: Configuration
  let results: ResultFolder

  /// What became of a request that was submitted.
  public struct Outcome: Sendable {
    /// What the job table says.
    public var submitted: Submitted
    /// Results that were called done and are made again, since their files are not there.
    public var lost: [LostResults.Loss]
    /// What programs are told.
    public var view: SubmittedJSON
  }

  /// What it would cost, and what would come of it in a job table that is there; nothing is written.
  ///
  /// - Parameters:
  ///   - growing: the sweep that would grow to what is requested; `nil` for a new one.
  ///   - owner: the user who asks.
  /// - Throws: what the settings and the job table throw.
  public func price(
    in store: JobStore?, growing: Int64? = nil, owner: UInt32
  ) throws(EditError) -> SweepPrice {
    try SweepPrice(self, store: store, growing: growing, owner: owner)
  }

  /// Writes it to the job table, the photographs first, and has lost results of its cells made again.
  ///
  /// - Parameters:
  ///   - growing: the sweep that grows to what is requested; `nil` makes a new one.
  ///   - owner: the user who asks.
  ///   - now: wall-clock milliseconds.
  /// - Throws: what the job table throws and `FileError` tells people.
  public func submit(
    to store: JobStore, growing: Int64? = nil, owner: UInt32, now: Int64
  ) throws(EditError) -> Outcome {
    let submission = expansion.submission
    for photo in photos { try photo.store() }
    var submitted =
      if let growing {
        try store.grow(growing, to: submission, now: now)
      } else {
        try store.enqueue(submission, owner: owner, now: now)
      }
    // They have a name now; a moment ago the daemon might still have removed them.
    for photo in photos { try photo.store() }
    let lost = try LostResults(results).remake(
      try store.cells(.sweep(submitted.sweep)), in: store, now: now)
    submitted.remake(lost.map(\.key))
    let fresh = Set(submitted.newUnits + lost.map(\.key))
    let estimate = SweepEstimate(submission, sharedSteps: submitted.sharedSteps) {
      !fresh.contains($0)
    }
    return Outcome(
      submitted: submitted, lost: lost,
      view: SubmittedJSON(submitted, estimate, submission.sources.first?.spec))
  }
}
