import Foundation

/// Arguments as people type them, put so that values that begin with a minus reach their options:
/// `--priority -5`, `--to "-dog"`, `tokens "-dog"`.
///
/// A parser of arguments takes such a value for an option. What is an option here is known from the
/// description that the parser gives of the commands: the argument behind an option that takes a value
/// is its value, unless it is an option of the same command, and then the value is missing.
public struct CommandArguments {
  private struct Tool: Decodable { var command: Command }

  private struct Command: Decodable {
    var commandName: String
    var defaultSubcommand: String?
    var subcommands: [Command]?
    var arguments: [Argument]?
  }

  private struct Argument: Decodable {
    struct Name: Decodable {
      var kind: String
      var name: String
      /// As it is typed.
      var text: String { kind == "long" ? "--\(name)" : "-\(name)" }
    }
    var kind: String
    var parsingStrategy: String?
    var names: [Name]?
    var valueName: String?
  }

  /// The arguments for the parser.
  public let arguments: [String]

  /// Takes what was typed behind the program's name.
  ///
  /// - Parameter description: the parser's description of the program, as JSON; asked for only where
  ///   something may have to be put otherwise.
  public init(_ typed: [String], describedBy description: () -> String) {
    guard Self.mayHide(typed),
      let tool = try? JSONDecoder().decode(Tool.self, from: Data(description().utf8))
    else {
      arguments = typed
      return
    }
    arguments = Self.rewritten(typed, tool.command)
  }

  /// Whether some argument may be a value that begins with a minus.
  private static func mayHide(_ typed: [String]) -> Bool {
    func isDashed(_ text: String) -> Bool { text.utf8.first == UInt8(ascii: "-") && text != "-" }
    return typed.indices.contains { index in
      guard isDashed(typed[index]), typed[index] != "--" else { return false }
      let isBehindAnother = index > 0 && isDashed(typed[index - 1])
      return isBehindAnother || (!typed[index].hasPrefix("--") && typed[index].utf8.count > 2)
    }
  }

  private static func rewritten(_ typed: [String], _ root: Command) -> [String] {
    var (command, start) = (root, 0)
    while let next = command.subcommands?.first(where: {
      start < typed.count && $0.commandName == typed[start]
    }) {
      (command, start) = (next, start + 1)
    }
    if let name = command.defaultSubcommand,
      let next = command.subcommands?.first(where: { $0.commandName == name })
    {
      command = next
    }
    let options = (command.arguments ?? []).filter { $0.kind != "positional" }
    let names = Set(options.flatMap { ($0.names ?? []).map(\.text) })
    let takesText = command.arguments?.contains {
      $0.kind == "positional" && $0.valueName == "prompt"
    }
    var (line, texts) = (Array(typed[..<start]), [String]())
    var index = start
    while index < typed.count {
      let argument = typed[index]
      index += 1
      if argument == "--" {
        texts += typed[index...]
        break
      }
      if let value = index < typed.count ? typed[index] : nil,
        let option = options.first(where: { option in
          option.kind == "option" && option.parsingStrategy == "default"
            && option.names?.contains { $0.text == argument } == true
        }), let long = option.names?.first(where: { $0.kind == "long" }),
        value.utf8.first == UInt8(ascii: "-"), value != "-", !isName(value, names)
      {
        line.append("\(long.text)=\(value)")
        index += 1
      } else if takesText == true, isText(argument), !isName(argument, names) {
        texts.append(argument)
      } else {
        line.append(argument)
      }
    }
    return texts.isEmpty ? line : line + ["--"] + texts
  }

  /// Whether an argument is an option, alone or with its value behind `=`.
  private static func isName(_ argument: String, _ names: Set<String>) -> Bool {
    names.contains(argument)
      || names.contains(String(argument.unicodeScalars.prefix { $0 != "=" }))
  }

  /// Whether an argument can be a text that begins with a minus: two of them and one word are more
  /// likely a mistyped option.
  private static func isText(_ argument: String) -> Bool {
    guard argument.utf8.first == UInt8(ascii: "-"), argument != "-" else { return false }
    return !argument.hasPrefix("--") || argument.blankSeparated.count > 1
  }
}
