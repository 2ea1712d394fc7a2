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
    // A worker that died must not take us with it: this ignores its broken pipe too.
    StandardStream.open()
    do {
      try ProgramText.check()
      let typed = CommandArguments(Array(CommandLine.arguments.dropFirst()), describedBy: _dumpHelp)
      var command = try await asyncParseAsRoot(typed.arguments)
      if var waiting = command as? any AsyncParsableCommand {
        try await waiting.run()
      } else {
        try command.run()
      }
    } catch let error as EditError {
      ProgramEnd.failure(error, of: "p2pd")
    } catch {
      ProgramEnd.commandLine(
        fullMessage(for: error), status: exitCode(for: error).rawValue, of: "p2pd")
    }
  }
}
