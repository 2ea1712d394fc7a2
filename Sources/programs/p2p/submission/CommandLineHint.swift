import ArgumentParser
import PromptAlignment

/// What somebody probably meant by a command line that cannot be understood.
enum CommandLineHint {
  /// The next thing to try; `nil` where nothing can be guessed.
  ///
  /// - Parameters:
  ///   - arguments: what was typed, without the program's name.
  ///   - message: what is said of it, which names the first argument that nobody expected.
  static func of(
    _ arguments: [String], message: String, in root: any ParsableCommand.Type = P2P.self
  ) -> String? {
    verb(arguments, root) ?? quotes(withoutVerbs(arguments, root)[...], message)
  }

  /// `p2p models lst` is probably `p2p models list`.
  private static func verb(_ arguments: [String], _ root: any ParsableCommand.Type) -> String? {
    var (command, path) = (root, ["p2p"])
    for argument in arguments {
      let verbs = command.configuration.subcommands
      if verbs.isEmpty || argument.hasPrefix("-") { return nil }
      if argument == "help" { continue }
      if let next = verbs.first(where: { name(of: $0) == argument }) {
        command = next
        path.append(argument)
        continue
      }
      guard let nearest = NearestName.of(argument, among: verbs.map(name)) else {
        return "\(path.joined(separator: " ")) --help lists its verbs"
      }
      return (path + [nearest]).joined(separator: " ")
    }
    return nil
  }

  /// What follows the verbs.
  private static func withoutVerbs(
    _ arguments: [String], _ root: any ParsableCommand.Type
  ) -> [String] {
    var command = root
    return Array(
      arguments.drop { argument in
        let next = command.configuration.subcommands.first { name(of: $0) == argument }
        command = next ?? command
        return next != nil
      })
  }

  static func name(of command: any ParsableCommand.Type) -> String {
    command.configuration.commandName ?? String(describing: command).lowercased()
  }

  /// Several words where one value is wanted are probably one text whose quotes are missing.
  private static func quotes(_ arguments: ArraySlice<String>, _ message: String) -> String? {
    guard message.lowercased().contains("unexpected argument"),
      let stray = message.split(separator: "'").dropFirst().first.map(String.init)
    else { return nil }
    var words: [String] = []
    var option: String?
    for argument in arguments + ["--"] {
      if argument.hasPrefix("-") {
        if words.count > 1, words.contains(stray) {
          let text = "\"" + words.joined(separator: " ") + "\""
          return option.map { "\($0) \(text)" } ?? text
        }
        (option, words) = (argument, [])
      } else {
        words.append(argument)
      }
    }
    return nil
  }
}
