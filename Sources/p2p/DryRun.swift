import EditJobs
import Foundation
import JobStore
import Planner

/// What a sweep would cost, with nothing written.
struct DryRun {
  private let expansion: SweepExpansion
  private let estimate: SweepEstimate
  private let rehearsal: Submitted?
  private let seconds: Double?
  private let options: StateOptions
  private let remarks: [String]

  init(
    _ expansion: SweepExpansion, store: JobStore?, options: StateOptions, growing: Int64?,
    remarks: [String]
  ) throws(EditError) {
    (self.expansion, self.options, self.remarks) = (expansion, options, remarks)
    var submission = expansion.submission
    let rehearsal: Submitted?
    if let store, let growing {
      (submission, rehearsal) = try store.rehearseGrowth(growing, to: submission)
    } else {
      rehearsal = try store?.rehearse(submission, owner: getuid())
    }
    let fresh = rehearsal.map { Set($0.newUnits) }
    self.rehearsal = rehearsal
    estimate = SweepEstimate(submission, sharedSteps: rehearsal?.sharedSteps) { key in
      fresh.map { !$0.contains(key) } ?? false
    }
    seconds = try Self.seconds(submission, estimate, store)
  }

  /// The time of the whole sweep; `nil` where a model that has steps to run was never measured.
  private static func seconds(
    _ submission: Submission, _ estimate: SweepEstimate, _ store: JobStore?
  ) throws(EditError) -> Double? {
    var total = 0.0
    for model in submission.models {
      guard let steps = estimate.stepsByModel[model.facts.digest.description] else { continue }
      guard let each = try store?.secondsPerStep(model: model.facts.digest) else { return nil }
      total += each * Double(steps)
    }
    return total > 0 ? total : nil
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
    print(head)
    print(
      "  variants  \(estimate.newVariants) new, \(estimate.variants - estimate.newVariants) known")
    print("  sources   \(estimate.newSources) new, \(estimate.sources - estimate.newSources) known")
    print(
      "  steps     \(estimate.guidedSteps) guided = \(Self.grouped(estimate.evaluations)) of "
        + "\(Self.grouped(estimate.plainEvaluations)) evaluations "
        + "(one run per cell with its own source: \(Self.grouped(estimate.publishedEvaluations)))")
    if let seconds {
      print(
        "  time      about \(Duration.spoken(seconds)) at "
          + String(
            format: "%.2g s a step, measured here", seconds / Double(max(1, estimate.guidedSteps))))
    } else {
      print(
        String(
          format: "  work      %.3g TFLOP; nothing was measured on this machine yet",
          2 * estimate.multiplyAdds / 1e12))
    }
    print(
      "  disk      \(Self.bytes(estimate.diskBytes)), and \(Self.bytes(estimate.mapBytes)) of maps while it runs"
    )
    remarks.forEach { print("  note      \($0)") }
    if rehearsal?.created == false {
      print("This key was submitted before: nothing would be added.")
    }
    print("Nothing was written.")
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
    var axes: [SweepAxis]
    var estimate: SweepEstimate
    var seconds_per_step: Double?
    var remarks: [String]
  }

  private var document: Document {
    Document(
      name: expansion.submission.name, axes: expansion.submission.axes, estimate: estimate,
      seconds_per_step: seconds.map { $0 / Double(max(1, estimate.guidedSteps)) },
      remarks: remarks)
  }
}
