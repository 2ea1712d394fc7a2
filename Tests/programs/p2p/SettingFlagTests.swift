import Foundation
import Planner
import Testing

/// The flags of `sweep` and `enqueue` are those of the table of settings.
@Suite struct SettingFlagTests {
  private struct Tool: Decodable { var command: Command }

  private struct Command: Decodable {
    struct Argument: Decodable {
      struct Name: Decodable { var name: String }
      var names: [Name]?
      var abstract: String?
    }
    var commandName: String
    var subcommands: [Command]?
    var arguments: [Argument]?
  }

  @Test(arguments: ["sweep", "enqueue"]) func theyHaveTheTablesNamesAndHelp(_ verb: String) throws {
    let ran = try Ran(Built.program("p2p"), ["--experimental-dump-help"])
    let tool = try JSONDecoder().decode(Tool.self, from: Data(ran.output.utf8))
    let command = try #require(tool.command.subcommands?.first { $0.commandName == verb })
    for setting in Setting.all where verb == "sweep" || setting != .maxCells {
      for flag in [setting.flag, setting.oldFlag].compactMap(\.self) {
        let argument = command.arguments?.first { argument in
          argument.names?.contains { "--\($0.name)" == flag } == true
        }
        #expect(argument?.abstract == setting.help, "\(verb) \(flag)")
      }
    }
  }
}
