import EditJobs
import Files
import Foundation
import JobStore
import Planner
import Submissions

/// What a sweep would cost, for people.
struct PriceText {
  let price: SweepPrice

  func show() throws {
    let (submission, estimate) = (price.submission, price.estimate)
    let axes = submission.axes.map { "\($0.values.count) \($0.name)" }.joined(separator: " × ")
    let cells = submission.cells.count { $0.role == .cell }
    var head = "\(submission.name): \(cells) cells"
    if !axes.isEmpty { head += " = \(axes)" }
    if estimate.cells < cells { head += ", \(estimate.cells) of them new" }
    if estimate.reprompts > 0 { head += ", and \(Self.plain(estimate.reprompts))" }
    try Output.line(head)
    try Output.line(
      "  variants  \(estimate.newVariants) new, \(estimate.variants - estimate.newVariants) known")
    if price.compute != .f32 { try Output.line("  dtype     \(price.compute.rawValue)") }
    if let kernels = price.numerics.kernels { try Output.line("  numerics  native, \(kernels)") }
    try Output.line(
      "  sources   \(estimate.newSources) new, \(estimate.sources - estimate.newSources) known")
    try Output.line(
      "  steps     \(estimate.guidedSteps) guided = \(Self.grouped(estimate.evaluations)) of "
        + "\(Self.grouped(estimate.plainEvaluations)) evaluations "
        + "(one run per cell with its own source: \(Self.grouped(estimate.publishedEvaluations)))")
    if let seconds = price.seconds, let each = price.secondsPerEvaluation {
      try Output.line(
        "  time      about \(Duration.spoken(seconds)) at "
          + String(format: "%.2g s an evaluation, measured here", each))
    } else {
      try Output.line(
        String(
          format: "  work      %.3g TFLOP; nothing was measured at this picture size yet",
          2 * estimate.multiplyAdds / 1e12))
    }
    let maps =
      estimate.mapBytes > 0
      ? ", and \(Self.bytes(estimate.mapBytes)) of maps, which stay while maps.quota "
        + "(\(Self.bytes(price.quota))) has room"
      : ""
    try Output.line("  disk      \(Self.bytes(estimate.diskBytes))\(maps)")
    if estimate.remadeEvaluations > 0 {
      try Output.line(
        "  maps      \(Self.bytes(estimate.unstoredMapBytes)) not stored, as one source has more than a "
          + "quarter of maps.quota (\(Self.bytes(price.quota))): made again by "
          + "\(Self.grouped(estimate.remadeEvaluations)) of the evaluations")
    }
    try Output.lines(price.remarks.map { "  note      \($0)" })
    if price.rehearsal?.created == false {
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
}
