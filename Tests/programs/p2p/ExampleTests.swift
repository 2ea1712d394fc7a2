import EditJobs
import Foundation
import Testing

/// Every command that help and documentation show is one that the programs understand.
@Suite struct ExampleTests {
  private static let programs = ["p2p", "p2pd", "p2p-worker"]

  private static func help(_ program: String, _ verb: [String]) throws -> String {
    try Ran(Built.program(program), verb + ["--help"], ["COLUMNS": "4000"]).output
  }

  private struct Command: Decodable {
    var commandName: String
    var subcommands: [Command]?

    func verbs(_ above: [String]) -> [[String]] {
      (subcommands ?? []).filter { $0.commandName != "help" }.flatMap { verb in
        [above + [verb.commandName]] + verb.verbs(above + [verb.commandName])
      }
    }
  }

  private struct Tool: Decodable { var command: Command }

  /// The verbs of a program, as its own description has them.
  private static func verbs(_ program: String) throws -> [[String]] {
    let ran = try Ran(Built.program(program), ["--experimental-dump-help"])
    return try JSONDecoder().decode(Tool.self, from: Data(ran.output.utf8)).command.verbs([])
  }

  /// Lines that begin with a program, and what stands between backticks and does.
  static func examples(in text: String) -> [String] {
    let joined = text.replacing(/\\\n\s*/, with: "")
    let lines = joined.split(separator: "\n").map { line in
      String(line.drop { $0 == " " || $0 == "$" })
    }
    let spans = joined.matches(of: /`([^`\n]+)`/).map { String($0.1) }
    return (lines + spans).filter { example in
      programs.contains { example.hasPrefix($0 + " ") }
        // Prose, and what leaves something out.
        && !["…", "<", "[", "|", "──", " is ", " are ", " has ", " does ", " starts "].contains {
          example.contains($0)
        }
    }.map { $0.replacing(/\s+#.*/, with: "") }
  }

  @Test func theyAreUnderstood() throws {
    var sources: [(String, String)] = []
    for program in Self.programs {
      for verb in [[]] + (try Self.verbs(program)) {
        sources.append(("\(program) \(verb.joined(separator: " "))", try Self.help(program, verb)))
      }
    }
    let root = RealSweep.root.path
    let pages = try FileManager.default.contentsOfDirectory(atPath: "\(root)/docs")
      .filter { $0.hasSuffix(".md") }.map { "docs/\($0)" }
    for page in pages + ["README.md", "CONTRIBUTING.md", "models/mini-shapes/README.md"] {
      sources.append((page, try String(contentsOfFile: "\(root)/\(page)", encoding: .utf8)))
    }
    var tried: Set<String> = []
    for (source, text) in sources {
      for example in Self.examples(in: text) where tried.insert(example).inserted {
        // A state folder that cannot be there: whatever is understood ends at it.
        let ran = try Ran(
          "/bin/bash", ["-c", "cd /; \(example)"],
          [
            "P2P_STATE": "/proc/nowhere", "P2P_RESULTS": "/proc/nowhere/results",
            "HF_HUB_OFFLINE": "1", "HF_HOME": "/proc/nowhere", "HOME": "/proc/nowhere",
            "PATH": "\(Built.folder):/usr/bin:/bin",
          ])
        // A verb that is only mentioned, as `models info`.
        let words = example.split(separator: " ").dropFirst(2)
        if words.count <= 1 || words.allSatisfy({ $0.hasPrefix("--") }),
          ran.errors.contains("Missing expected")
        {
          continue
        }
        let isUnderstood =
          !ran.errors.contains("Usage: ") && !ran.errors.contains("for more information.")
          && !ran.errors.contains("command not found") && ran.status != 2
        #expect(isUnderstood, "\(source) shows \(example): \(ran)")
      }
    }
    #expect(tried.count > 30, "\(tried.sorted())")
  }

  /// The commands of a page's indented blocks, comments cut off. A block begins with a command or has none.
  private static func commands(in text: String) -> [String] {
    let joined = text.replacing(/\\\n\s*/, with: "").split(
      separator: "\n", omittingEmptySubsequences: false)
    let blocks = joined.split { !$0.hasPrefix("    ") }
    return blocks.flatMap { block in
      let lines = block.map {
        $0.replacing(/\s+#.*/, with: "").trimmingCharacters(in: .whitespaces)
          .replacing(/^sudo\s+/, with: "")
      }
      let begins = programs.map { $0 + " " } + ["script/", "systemctl "]
      let isCommands = begins.contains { lines[0].hasPrefix($0) } && !lines[0].contains("──")
      return isCommands ? lines : []
    }
  }

  /// Nothing of what the front pages show in a block is passed over: programs' commands are tried as
  /// above, scripts and units are there.
  @Test(
    arguments: ["README.md", "CONTRIBUTING.md", "docs/sweeps.md", "docs/service.md"]
      + ["verb", "setting", "sampler", "kernel"].map { "docs/tutorials/add-a-\($0).md" })
  func commandsOfTheFrontPagesAreReal(page: String) throws {
    let root = RealSweep.root.path
    let commands = Self.commands(
      in: try String(contentsOfFile: "\(root)/\(page)", encoding: .utf8))
    #expect(!commands.isEmpty)
    for command in commands {
      let words = command.split(separator: " ").map(String.init)
      if Self.programs.contains(words[0]) {
        #expect(Self.examples(in: command) == [command], "\(page): \(command) is passed over")
      } else if words[0] == "systemctl" {
        let unit = "\(root)/systemd/\(words.last ?? "").service"
        #expect(FileManager.default.fileExists(atPath: unit), "\(page): \(command)")
      } else {
        let file = "\(root)/\(words[0])"
        #expect(FileManager.default.isExecutableFile(atPath: file), "\(page): \(command)")
        guard words[0] == "script/test", words.count > 1, !words[1].hasPrefix("[") else { continue }
        let places = ["engine", "request", "jobs", "results", "hub", "programs"].flatMap {
          ["\(root)/Sources/\($0)/\(words[1])", "\(root)/Tests/\($0)/\(words[1])"]
        }
        let isThere = places.contains { FileManager.default.fileExists(atPath: $0) }
        #expect(isThere, "\(page): \(command)")
      }
    }
  }

  /// `--where <tau>=0.5>` reads as if the bracket ended before it does.
  @Test func placeholdersAreWhole() throws {
    for program in Self.programs {
      for verb in try Self.verbs(program) {
        for line in try Self.help(program, verb).split(separator: "\n") where line.contains("<") {
          let rest = line.replacing(/<[^<>]+>/, with: "").replacing(/'[^']*'/, with: "")
          #expect(!rest.contains("<") && !rest.contains(">"), "\(program) \(verb): \(line)")
        }
      }
    }
  }
}
