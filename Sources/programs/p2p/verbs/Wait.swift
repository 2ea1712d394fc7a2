import ArgumentParser
import Files
import JobStore

/// `p2p wait`: until everything named is settled.
struct Wait: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Waits until sweeps or units are settled; exits 1 if a cell failed.",
    discussion: """
      Where no p2pd runs, one is started that goes on until this is settled, also when the waiting is \
      ended by Ctrl-C or with its terminal; p2p stop ends it.
      """)

  @Argument(help: "Sweeps, cells or units: 17, crown, 17:r2c3, v-9c41, @last, all.")
  var targets: [String]

  @Option(help: "Gives up after this long (90s, 2h30m) with exit status 75.")
  var timeout: String?

  @Option(
    help: "Copies pictures here as they finish; of several sweeps each into a folder of its own.")
  var out: String?

  @OptionGroup var waiting: WaitingOptions
  @OptionGroup var options: StateOptions

  func run() async throws {
    let store = try options.open()
    let limit = try timeout.map { text throws(EditError) in try Duration.parsed(text) }
    let wait = try Waiting(
      targets, store: store, options, waiting, timeout: limit)
    let copier = try out.map { path throws(EditError) in
      try PictureCopier(into: path, options, store: store, targets: wait.targets.map(\.target))
    }
    let standings = try await wait.run { cells in try copier?.copy(cells) }
    try copier?.conclude()
    try wait.conclude(standings, json: options.json)
  }
}
