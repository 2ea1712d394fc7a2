import ArgumentParser
import Files
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
    do {
      // A worker that died must not take us with it: its broken pipe is ignored from here on.
      var command = try await asyncParseAsRoot(ProgramStart.arguments(describedBy: _dumpHelp))
      if var waiting = command as? any AsyncParsableCommand {
        try await waiting.run()
      } else {
        try command.run()
      }
    } catch {
      ProgramEnd.error(error, of: "p2pd") { (fullMessage(for: $0), exitCode(for: $0).rawValue) }
    }
  }
}
