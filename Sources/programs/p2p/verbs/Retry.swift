import ArgumentParser
import EditJobs
import Files
import JobStore
import ResultFiles
import SweepPages

/// `p2p retry`: failed and cancelled cells again, from where they stood.
struct Retry: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Wants failed and cancelled cells again, from their last good step.",
    discussion:
      "Of `all`, only what failed. What is done and whose files are lost is made again too.")

  @Argument(help: "Sweeps, cells or units: 17, crown, 17:r2c3, v-9c41, @last, all.")
  var targets: [String]

  @OptionGroup var options: StateOptions

  func run() throws {
    let store = try options.open()
    let resolved = try targets.map { text throws(EditError) in try store.resolve(text) }
    var units: [Key] = []
    for target in resolved { units += try store.retry(target, now: WallClock.now) }
    let lost = LostResults(ResultFolder(try options.folder.results))
    for target in resolved {
      units += try lost.remake(try store.cells(target), in: store).map(\.key)
    }
    if options.json {
      try JSONOutput.print(["units": units.map(\.description)])
    } else {
      try Output.line("\(units.count) units wait again")
    }
  }
}
