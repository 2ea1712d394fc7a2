import ArgumentParser
import Files
import Foundation

/// The command line: enqueue, sweep, watch, look.
@main struct P2P: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "p2p",
    abstract: "Batch prompt-to-prompt image editing with Stable Diffusion.",
    discussion: """
      A source picture is generated once; its edits share its noise and its attention maps. \
      Work is written to a job table, and p2pd does it. A verb that waits starts p2pd itself where \
      none runs; p2p stop ends it.
      """,
    version: "0.1.0",
    subcommands: [
      Enqueue.self, Sweep.self, Status.self, Watch.self, Wait.self, Results.self, Cancel.self,
      Retry.self, Pause.self, Resume.self, Priority.self, StopDaemon.self, Grid.self, Explain.self,
      Attn.self,
      Tokens.self, Latents.self, Maps.self, Models.self, Config.self,
    ])

  static func main() async {
    do {
      var command = try await asyncParseAsRoot(ProgramStart.arguments(describedBy: _dumpHelp))
      if var waiting = command as? any AsyncParsableCommand {
        try await waiting.run()
      } else {
        try command.run()
      }
    } catch let interrupted as Interrupted {
      ProgramEnd.signalled(interrupted.signal)
    } catch let stop as Stop {
      Foundation.exit(stop.status.rawValue)
    } catch {
      ProgramEnd.error(error, of: "p2p") { error in
        var message = fullMessage(for: error)
        if exitCode(for: error) == .validationFailure,
          let hint = CommandLineHint.of(Array(CommandLine.arguments.dropFirst()), message: message)
        {
          message += "\n  try: \(hint)"
        }
        return (message, exitCode(for: error).rawValue)
      }
    }
  }
}

/// Ends the program with a status after everything was said.
struct Stop: Error {
  var status: ExitStatus
}
