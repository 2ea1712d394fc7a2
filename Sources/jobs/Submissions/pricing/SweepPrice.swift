public import EditJobs
import Files
public import JobStore
public import Planner

/// What a sweep would cost, with nothing written.
public struct SweepPrice: Sendable {
  /// The sweep that was asked for.
  public let submission: Submission
  /// What it costs, by what is known already.
  public let estimate: SweepEstimate
  /// What would come of it in the job table; `nil` where there is none.
  public let rehearsal: Submitted?
  /// The time of the whole sweep; `nil` where a model that has work to do was never measured at the
  /// sweep's picture size.
  public let seconds: Double?
  /// Bytes that all sources' maps may take.
  public let quota: Int64
  /// What somebody should know, one sentence each.
  public let remarks: [String]

  init(
    _ plan: PlannedSubmission, store: JobStore?, growing: Int64?, owner: UInt32
  ) throws(EditError) {
    submission = plan.expansion.submission
    // A grown sweep is priced with the cells that it has.
    var whole = submission
    let rehearsal: Submitted?
    if let store, let growing {
      (whole, rehearsal) = try store.rehearseGrowth(growing, to: submission)
    } else {
      rehearsal = try store?.rehearse(submission, owner: owner)
    }
    let fresh = rehearsal.map { Set($0.newUnits) }
    self.rehearsal = rehearsal
    remarks = plan.remarks + [rehearsal?.olderRemark].compactMap(\.self)
    let memory = try plan.settings.memory() / Int64(try plan.settings.workers())
    quota = try plan.settings.mapsQuota()
    estimate = SweepEstimate(
      whole, sharedSteps: rehearsal?.sharedSteps, mapsQuota: quota,
      isKnown: { key in fresh.map { !$0.contains(key) } ?? false },
      lanes: { min(LaneMemory.mostLanes, LaneMemory($0, $1).lanes(within: memory)) })
    seconds = try Self.seconds(whole, estimate, store)
  }

  /// Seconds of an evaluation as measured here; `nil` where `seconds` is.
  public var secondsPerEvaluation: Double? {
    seconds.map { $0 / Double(max(1, estimate.evaluations)) }
  }

  /// What all sources of the sweep are computed with.
  public var compute: ComputeType { submission.sources.first?.spec.compute ?? .f32 }

  /// Whose kernels compute them.
  public var numerics: Numerics { submission.sources.first?.spec.numerics ?? Numerics() }

  private static func seconds(
    _ submission: Submission, _ estimate: SweepEstimate, _ store: JobStore?
  ) throws(EditError) -> Double? {
    var total = 0.0
    guard let source = submission.sources.first?.spec else { return nil }
    for model in submission.models {
      let facts = model.facts
      guard let count = estimate.evaluationsByModel[facts.digest.description], count > 0 else {
        continue
      }
      let each = try store?.secondsPerEvaluation(
        LoadedModel(model: facts.digest, compute: source.compute, numerics: source.numerics),
        width: facts.width, height: facts.height)
      guard let each else { return nil }
      total += each * Double(count)
    }
    return total > 0 ? total : nil
  }
}
