import ArgumentParser
import EditJobs
import Files
import JobStore
import ResultFiles
import RunMeasures
import Submissions

/// `p2p explain`: what an edit meant, and what it did.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Explains a variant: its alignment, windows and weights, and what its run did.",
    discussion: """
      Windows are in steps from the noise on; the paper counts its τ from the other end, so its τ/T \
      is 1 − tau. Injected are sites × steps that took a map of the source, of those that the \
      windows ask for.
      """)

  @Argument(help: "One cell or a variant: 17:r2c3, 17:tau=0.5, v-9c41.")
  var cell: String

  @Flag(help: "Shows every step.")
  var steps = false

  @OptionGroup var options: StateOptions

  func run() throws {
    let explanation = try Explanation(
      cell, store: try options.open(), results: ResultFolder(options.folder.results))
    if options.json {
      try JSONOutput.print(ExplanationJSON(explanation))
    } else {
      try Output.lines(ExplanationText(explanation).lines(eachStep: steps))
    }
    guard explanation.hasInjectedNothing else { return }
    Terminal.note("p2p: no map of the source entered, though the windows are open: report this")
    throw Stop(status: .failed)
  }
}
