import ArgumentParser
import EditJobs
import Files
import JobStore

/// `p2p cancel`: cells that nobody wants any more.
struct Cancel: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Cancels sweeps or cells.",
    discussion: """
      A picture that another sweep also wants is still made. What runs stops at its next step; \
      its steps are kept, and `p2p retry` goes on from there.
      """)

  @Argument(help: "Sweeps, cells or units: 17, crown, 17:r2c3, 17:tau=0.5, v-9c41, @last, all.")
  var targets: [String]

  @OptionGroup var options: StateOptions

  func run() throws {
    let store = try options.open()
    let resolved = try targets.map { text throws(EditError) in try store.resolve(text) }
    var cells = 0
    var units: [Key] = []
    for target in resolved {
      let cancelled = try store.cancel(target, now: WallClock.now)
      cells += cancelled.cells
      units += cancelled.units
    }
    if options.json {
      try JSONOutput.print(Answer(cells: cells, units: units.map(\.description)))
    } else {
      try Output.line("cancelled \(cells) cells; \(units.count) units are no longer wanted")
    }
  }

  private struct Answer: Encodable {
    var cells: Int
    var units: [String]
  }
}
