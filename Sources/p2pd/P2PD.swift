import ArgumentParser
import EditJobs
import Foundation
import JobStore

/// The daemon's command line.
@main struct P2PD: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "p2pd",
    abstract: "Runs queued prompt-to-prompt edits.",
    discussion: """
      Claims work from the job table, hands it to p2p-worker processes and publishes the results.
      SIGTERM or Ctrl-C stops at the next step edge; the next start goes on from there.
      """,
    version: "0.1.0", subcommands: [Run.self], defaultSubcommand: Run.self)

  static func main() async {
    // A worker that died must not take us with it.
    signal(SIGPIPE, SIG_IGN)
    do {
      try ProgramText.check()
      var command = try await asyncParseAsRoot(nil)
      if var waiting = command as? any AsyncParsableCommand {
        try await waiting.run()
      } else {
        try command.run()
      }
    } catch let error as EditError {
      FileHandle.standardError.write(Data("p2pd: \(error)\n".utf8))
      Foundation.exit(error.status.rawValue)
    } catch {
      exit(withError: error)
    }
  }
}
