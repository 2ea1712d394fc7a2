import ArgumentParser
import EditJobs
import JobStore

/// `p2p retry`: failed and cancelled cells again, from where they stood.
struct Retry: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Wants failed and cancelled cells again, from their last good step.",
    discussion: "Of `all`, only what failed.")

  @Argument(help: "Sweeps, cells or units: 17, crown, 17:r2c3, v-9c41, @last, all.")
  var targets: [String]

  @OptionGroup var options: StateOptions

  func run() throws {
    let store = try options.open()
    let resolved = try targets.map { text throws(EditError) in try store.resolve(text) }
    var units: [Key] = []
    for target in resolved { units += try store.retry(target, now: WallClock.now) }
    if options.json {
      try JSONOutput.print(["units": units.map(\.description)])
    } else {
      try Output.line("\(units.count) units wait again")
    }
  }
}
