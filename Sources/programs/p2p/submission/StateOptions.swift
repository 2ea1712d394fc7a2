import ArgumentParser
import Files
import JobStore
import Planner

/// Where the job table and the results are, and how output looks: the same on every verb.
struct StateOptions: ParsableArguments {
  @Option(help: "The state folder ($P2P_STATE, /var/lib/p2p or your own state folder by default).")
  var state: String?

  @Option(help: "The results folder ($P2P_RESULTS, or results/ in the state folder by default).")
  var results: String?

  @Flag(help: "Prints JSON.")
  var json = false

  @Option(help: "A settings file, in the place of yours and the system's.")
  var config: String?

  /// The settings of this installation.
  func configuration() throws(EditError) -> Configuration { try Configuration(file: config) }

  /// The two folders.
  var folder: StateFolder {
    get throws(EditError) {
      let settings = try configuration()
      return StateFolder.resolved(
        state: settings.value(.state, option: ("--state", state))?.text,
        results: settings.value(.results, option: ("--results", results))?.text)
    }
  }

  /// Opens the job table; an empty folder gets a new one. Says where that upgraded what was queued.
  func open() throws(EditError) -> JobStore {
    let store = try JobStore(folder)
    if let remark = store.renewedRemark { Terminal.note(remark) }
    return store
  }
}
