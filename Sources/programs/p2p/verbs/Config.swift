import ArgumentParser
import JobStore
import Planner
import Submissions

/// `p2p config show`: what holds here, and who said it.
struct Config: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows the settings.", subcommands: [Show.self], defaultSubcommand: Show.self)

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Shows every setting, and with --origin who said it.",
      discussion: """
        What is typed comes first, then the environment (P2P_STATE, P2P_MODEL …), then \
        $XDG_CONFIG_HOME/p2p/config.yaml, then /etc/p2p/config.yaml, then the default.
        """)

    @Flag(help: "Says where each comes from.")
    var origin = false

    @OptionGroup var options: StateOptions

    func run() throws {
      let configuration = try options.configuration()
      let folder = try options.folder
      let values = Configuration.Setting.allCases.map { setting in
        (setting: setting, value: configuration.value(setting) ?? Self.standard(setting, folder))
      }
      if options.json {
        return try JSONOutput.print(
          Dictionary(
            uniqueKeysWithValues: values.map { setting, value in
              (
                setting.rawValue,
                [
                  "value": value.map { JSONScalar($0.text, isNumber: setting.isNumber) },
                  "origin": value.map { .text($0.origin) },
                ]
              )
            }))
      }
      var table = TableText([("SETTING", .left), ("VALUE", .left), (origin ? "FROM" : "", .left)])
      for (setting, value) in values {
        table.add([setting.rawValue, value?.text ?? "-", origin ? value?.origin ?? "" : ""])
      }
      try Output.lines(table.lines)
    }

    /// What holds where nobody says anything and the machine decides.
    private static func standard(
      _ setting: Configuration.Setting, _ folder: StateFolder
    ) -> Configuration.Value? {
      switch setting {
      case .state: .init(text: folder.path, origin: "default")
      case .results: .init(text: folder.results, origin: "default")
      default: nil
      }
    }
  }
}
