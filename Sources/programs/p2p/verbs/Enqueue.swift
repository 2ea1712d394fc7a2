import ArgumentParser
import Files
import Planner

/// `p2p enqueue`: one source and its edits.
struct Enqueue: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Enqueues one source and one or more edits of it.",
    discussion: "Every option has one value; --to may be given several times.")

  @OptionGroup var request: RequestOptions
  @OptionGroup var options: StateOptions

  func run() async throws {
    var asked = SweepRequest()
    do { try request.fill(&asked) } catch {
      // Several values are what the hint of an axis is about, and another verb takes those.
      guard error.code == "axis-value", let hint = error.hint, hint.contains("..") else {
        throw error
      }
      var error = error
      error.hint = "p2p sweep makes a grid of several values: \(hint)"
      throw error
    }
    if let axis = asked.axes.first(where: { $0.kind != .to }) {
      throw EditError(
        "several-values", .usage, "enqueue takes one value of \(axis.kind.name), not \(axis.count)",
        hint: "p2p sweep makes a grid of them")
    }
    try await SubmissionRun(asked, request, options).run()
  }
}
