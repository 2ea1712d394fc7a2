import ArgumentParser
import EditJobs
import JobStore

/// Where the job table and the results are, and how output looks: the same on every verb.
struct StateOptions: ParsableArguments {
  @Option(help: "The state folder ($P2P_STATE, /var/lib/p2p or your own state folder by default).")
  var state: String?

  @Option(help: "The results folder ($P2P_RESULTS, or results/ in the state folder by default).")
  var results: String?

  @Flag(help: "Prints JSON.")
  var json = false

  /// The two folders.
  var folder: StateFolder { StateFolder.resolved(state: state, results: results) }

  /// Opens the job table; an empty folder gets a new one.
  func open() throws(EditError) -> JobStore { try JobStore(folder) }
}
