import ArgumentParser
import JobStore
import Planner

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

    private static let numbers = [Configuration.Setting.workers, .threads, .maxCells].map(
      \.rawValue)

    @Flag(help: "Says where each comes from.")
    var origin = false

    @OptionGroup var options: StateOptions

    func run() throws {
      let configuration = try options.configuration()
      var values = Configuration.Setting.allCases.map { setting in
        (setting.rawValue, configuration.value(setting))
      }
      let folder = try options.folder
      values[0].1 = values[0].1 ?? .init(text: folder.path, origin: "default")
      values[1].1 = values[1].1 ?? .init(text: folder.results, origin: "default")
      if options.json {
        return try JSONOutput.print(
          Dictionary(
            uniqueKeysWithValues: values.map { name, value in
              (
                name,
                [
                  "value": value.map { JSONScalar($0.text, isNumber: Self.numbers.contains(name)) },
                  "origin": value.map { .text($0.origin) },
                ]
              )
            }))
      }
      var table = TableText([("SETTING", .left), ("VALUE", .left), (origin ? "FROM" : "", .left)])
      for (name, value) in values {
        table.add([name, value?.text ?? "-", origin ? value?.origin ?? "" : ""])
      }
      try Output.lines(table.lines)
    }
  }
}
