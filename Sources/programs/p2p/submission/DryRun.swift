import EditJobs
import Files
import Foundation
import JobStore
import Planner

/// What a sweep would cost, with nothing written.
struct DryRun {
  private let expansion: SweepExpansion
  private let estimate: SweepEstimate
  private let rehearsal: Submitted?
  private let seconds: Double?
  private let quota: Int64
  private let options: StateOptions
  private let remarks: [String]

  init(
    _ expansion: SweepExpansion, store: JobStore?, options: StateOptions, growing: Int64?,
    remarks: [String]
  ) throws(EditError) {
    (self.expansion, self.options) = (expansion, options)
    var submission = expansion.submission
    let rehearsal: Submitted?
    if let store, let growing {
      (submission, rehearsal) = try store.rehearseGrowth(growing, to: submission)
    } else {
      rehearsal = try store?.rehearse(submission, owner: getuid())
    }
    let fresh = rehearsal.map { Set($0.newUnits) }
    self.rehearsal = rehearsal
    self.remarks = remarks + [rehearsal?.olderRemark].compactMap(\.self)
    let settings = try options.configuration()
    let memory = try settings.memory() / Int64(try settings.workers())
    quota = try settings.mapsQuota()
    estimate = SweepEstimate(
      submission, sharedSteps: rehearsal?.sharedSteps, mapsQuota: quota,
      isKnown: { key in fresh.map { !$0.contains(key) } ?? false },
      lanes: { min(LaneMemory.mostLanes, LaneMemory($0, $1).lanes(within: memory)) })
    seconds = try Self.seconds(submission, estimate, store)
  }

  /// The time of the whole sweep; `nil` where a model that has work to do was never measured at the
  /// sweep's picture size.
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

  /// All sources of a sweep are computed with the same.
  private var compute: ComputeType { expansion.submission.sources.first?.spec.compute ?? .f32 }

  /// And by the same kernels.
  private var numerics: Numerics {
    expansion.submission.sources.first?.spec.numerics ?? Numerics()
  }

  func show() throws {
    if options.json { return try JSONOutput.print(document) }
    let submission = expansion.submission
    let axes = submission.axes.map { "\($0.values.count) \($0.name)" }.joined(separator: " × ")
    let cells = submission.cells.count { $0.role == .cell }
    var head = "\(submission.name): \(cells) cells"
    if !axes.isEmpty { head += " = \(axes)" }
    if estimate.cells < cells { head += ", \(estimate.cells) of them new" }
    if estimate.reprompts > 0 { head += ", and \(Self.plain(estimate.reprompts))" }
    try Output.line(head)
    try Output.line(
      "  variants  \(estimate.newVariants) new, \(estimate.variants - estimate.newVariants) known")
    if compute != .f32 { try Output.line("  dtype     \(compute.rawValue)") }
    if let kernels = numerics.kernels { try Output.line("  numerics  native, \(kernels)") }
    try Output.line(
      "  sources   \(estimate.newSources) new, \(estimate.sources - estimate.newSources) known")
    try Output.line(
      "  steps     \(estimate.guidedSteps) guided = \(Self.grouped(estimate.evaluations)) of "
        + "\(Self.grouped(estimate.plainEvaluations)) evaluations "
        + "(one run per cell with its own source: \(Self.grouped(estimate.publishedEvaluations)))")
    if let seconds {
      try Output.line(
        "  time      about \(Duration.spoken(seconds)) at "
          + String(
            format: "%.2g s an evaluation, measured here",
            seconds / Double(max(1, estimate.evaluations))))
    } else {
      try Output.line(
        String(
          format: "  work      %.3g TFLOP; nothing was measured at this picture size yet",
          2 * estimate.multiplyAdds / 1e12))
    }
    let maps =
      estimate.mapBytes > 0
      ? ", and \(Self.bytes(estimate.mapBytes)) of maps, which stay while maps.quota "
        + "(\(Self.bytes(quota))) has room"
      : ""
    try Output.line("  disk      \(Self.bytes(estimate.diskBytes))\(maps)")
    if estimate.remadeEvaluations > 0 {
      try Output.line(
        "  maps      \(Self.bytes(estimate.unstoredMapBytes)) not stored, as one source has more than a "
          + "quarter of maps.quota (\(Self.bytes(quota))): made again by "
          + "\(Self.grouped(estimate.remadeEvaluations)) of the evaluations")
    }
    try Output.lines(remarks.map { "  note      \($0)" })
    if rehearsal?.created == false {
      try Output.line("This key was submitted before: nothing would be added.")
    }
    try Output.line("Nothing was written.")
  }

  private static func plain(_ count: Int) -> String {
    count == 1 ? "the plain re-prompt" : "\(count) plain re-prompts"
  }

  /// Digits in threes: `13 300`.
  private static func grouped(_ number: Int) -> String {
    let digits = Array(String(number))
    let groups = stride(from: digits.count, to: 0, by: -3).map { end in
      String(digits[max(0, end - 3)..<end])
    }
    return groups.reversed().joined(separator: " ")
  }

  private static func bytes(_ count: Int64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    var (value, unit) = (Double(count), 0)
    while value >= 1024, unit < units.count - 1 { (value, unit) = (value / 1024, unit + 1) }
    return String(format: value < 10 && unit > 0 ? "%.1f %@" : "%.0f %@", value, units[unit])
  }

  private struct Document: Encodable {
    var schema = "p2p.dry-run/1"
    var name: String
    var dtype: ComputeType
    var numerics: Numerics
    var axes: [AxisJSON]
    var estimate: SweepEstimate
    var seconds: Double?
    var seconds_per_evaluation: Double?
    var remarks: [String]
  }

  private var document: Document {
    Document(
      name: expansion.submission.name, dtype: compute, numerics: numerics,
      axes: expansion.submission.axes.map(AxisJSON.init), estimate: estimate,
      seconds: seconds,
      seconds_per_evaluation: seconds.map { $0 / Double(max(1, estimate.evaluations)) },
      remarks: remarks)
  }
}
