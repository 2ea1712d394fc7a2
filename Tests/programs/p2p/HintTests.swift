import EditJobs
import Files
import Foundation
import JobStore
import Testing

/// What the programs tell people to try can be tried.
@Suite struct HintTests {
  private static let edit = [
    "--model", RealSweep.model, "--prompt", "a red circle", "--to", "a blue circle", "--steps", "4",
  ]

  struct Case: CustomTestStringConvertible, Sendable {
    var wrong: [String]
    /// The option whose value the hint replaces; `nil` where the hint says options itself.
    var option: String?
    var testDescription: String { wrong.joined(separator: " ") }

    init(_ wrong: [String], _ option: String? = nil) { (self.wrong, self.option) = (wrong, option) }
  }

  static let cases: [Case] = [
    Case(["--seed", "1-3"], "--seed"), Case(["--seed", "1-10 [5]"], "--seed"),
    Case(["--steps", "20-50"], "--steps"), Case(["--tau", "0-1"], "--tau"),
    Case(["--tau", "4s-1s (1s)"], "--tau"), Case(["--tau", "3"], "--tau"),
    Case(["--self-tau", "[0.8,0.2]"], "--self-tau"), Case(["--cfg", "1e1"], "--cfg"),
    Case(["--sampler", "eulre"], "--sampler"), Case(["--method", "repalce"], "--method"),
    Case(["--name", "All Circles!"], "--name"), Case(["--steps", "1000"]),
    Case(["--sampler", "dpmpp_2m", "--steps", "999"]), Case(["--size", "100x64"]),
    Case(["--to", "a big blue circle", "--method", "replace"]), Case(["--method", "none"]),
    Case(["--w", "blue"]), Case(["--tau-word", "blue"]), Case(["--w", "circel=2"], "--w="),
    Case(["--blend", "circle -> circle -> circle"], "--blend"),
    Case(["--tau", "0", "--self-max", "3"]),
    Case(["--tau", "0..1:0.01", "--seed", "1..101"]), Case(["--blend-start", "0.5"]),
    Case(["--blend-subtract", "circle"]), Case(["--inversion", "direct", "--sampler", "ddim"]),
  ]

  /// The value that `try:` says, or one of several.
  private func hints(_ ran: Ran) throws -> [String] {
    let line = try #require(
      ran.errors.split(separator: "\n").first { $0.contains("try: ") }, "\(ran.errors)")
    return line.drop { $0 != ":" }.dropFirst(2).components(separatedBy: ", or ")
  }

  @Test(arguments: cases) func requests(_ wrong: Case) throws {
    let folder = try TemporaryFolder()
    let ran = try RealSweep.p2p(["sweep", "--dry-run"] + Self.edit + wrong.wrong, folder.state)
    #expect(ran.status == Files.ExitStatus.data.rawValue || ran.status == 64, "\(ran)")
    for hint in try hints(ran) {
      let better = try Self.apply(hint, to: Self.edit + wrong.wrong, option: wrong.option)
      let again = try RealSweep.p2p(["sweep", "--dry-run"] + better, folder.state)
      #expect(again.status == 0, "try: \(hint)\n\(better)\n\(again.errors)")
    }
  }

  private static func apply(
    _ hint: String, to arguments: [String], option: String?
  ) throws -> [String] {
    var arguments = arguments
    if let option {
      let name = option.filter { $0 != "=" }
      let at = try #require(arguments.lastIndex(of: name)) + 1
      arguments[at] = option.hasSuffix("=") ? "\(hint)=2" : hint
      return arguments
    }
    if hint == "--image FILE" {
      let photo = "Tests/Fixtures/photos/shapes.jpg"
      return arguments + ["--image", RealSweep.root.appending(path: photo).path]
    }
    // As a shell reads it, up to a remark in brackets.
    let words = try shellWords(String(hint.prefix { $0 != "(" }))
    let name = try #require(words.first)
    #expect(name.hasPrefix("--"))
    while let at = arguments.lastIndex(of: name) { arguments.removeSubrange(at...at + 1) }
    return arguments + words
  }

  private static func shellWords(_ text: String) throws -> [String] {
    let ran = try Ran("/bin/sh", ["-c", "printf '%s\\n' \(text)"])
    return ran.output.split(separator: "\n").map(String.init)
  }

  /// A word that an error lists is taken by the option that was wrong.
  @Test(arguments: ["can can#2", "can#2 can", "a=b circle", "x#1 x"])
  func listedWords(_ prompt: String) throws {
    let folder = try TemporaryFolder()
    let request = ["sweep", "--dry-run", "--model", RealSweep.model, "--prompt", prompt]
    let ran = try RealSweep.p2p(request + ["--w", "zebra=2"], folder.state)
    let line = try #require(ran.errors.split(separator: "\n").first { $0.contains("its words: ") })
    let words = line.components(separatedBy: "its words: ")[1].components(separatedBy: ", ")
    #expect(words.count == 2)
    for word in words {
      let again = try RealSweep.p2p(request + ["--w", "\(word)=2"], folder.state)
      #expect(again.status == 0, "\(word): \(again.errors)")
    }
  }

  /// Where an error says a command, it runs.
  @Test func commands() throws {
    let folder = try TemporaryFolder()
    let made = try RealSweep.p2p(
      ["sweep", "--name", "one", "--tau", "0.2,0.4"] + Self.edit, folder.state)
    #expect(made.status == 0)
    for wrong in [
      ["status", "nowhere"], ["cancel", "99"], ["explain", "v-123456"], ["status", "one:r9c9"],
      ["results", "v-000000"], ["grid", "all"], ["sweep", "--grow", "one"],
      ["sweep", "--grow", "one", "--size", "64x64"], ["sweep", "--grow", "v-000000", "--tau", "1"],
      ["enqueue"] + Self.edit + ["--seed", "1-3"], ["enqueue"] + Self.edit + ["--tau", "0,1"],
    ] {
      let ran = try RealSweep.p2p(wrong, folder.state)
      let hint = try #require(try hints(ran).first, "\(wrong)")
      #expect(hint.hasPrefix("p2p "), "\(wrong): \(hint)")
      let prose: Set<Substring> = ["lists", "shows", "makes"]
      var command = hint.split(separator: " ").dropFirst().prefix { !prose.contains($0) }
        .map(String.init)
      if command == ["sweep"] {
        // The same request by the other verb, with the value that is said.
        let value = hint.split(separator: ": ").count > 1 ? "1..3:1" : nil
        #expect(value.map { hint.contains($0) } ?? true, "\(hint)")
        command += ["--dry-run"] + wrong.dropFirst().map { $0 == "1-3" ? "1..3:1" : $0 }
      }
      let again = try RealSweep.p2p(command, folder.state)
      #expect(again.status == 0, "\(wrong): try: \(hint)\n\(again.errors)")
    }
  }

  /// No text of the programs names a verb or an option that is none.
  @Test func verbsAndOptionsExist() throws {
    let help = try Ran(Built.program("p2p"), ["--experimental-dump-help"]).output
    let others = try ["p2pd", "p2p-worker"].map {
      try Ran(Built.program($0), ["--experimental-dump-help"]).output
    }
    func names(_ pattern: String, _ text: String) throws -> Set<String> {
      let regex = try NSRegularExpression(pattern: pattern)
      let range = NSRange(text.startIndex..., in: text)
      return Set(
        regex.matches(in: text, range: range).compactMap {
          Range($0.range(at: 1), in: text).map { String(text[$0]) }
        })
    }
    let verbs = try names("\"commandName\" *: *\"([a-z0-9-]+)\"", help)
    #expect(verbs.isSuperset(of: ["enqueue", "models", "pull"]), "\(verbs)")
    let options = try names(
      "\"name\" *: *\"([a-z0-9-]+)\"", ([help] + others).joined())
    let root = RealSweep.root.appending(path: "Sources")
    let files =
      FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
    // Options of programs that are not ours, and prose.
    let foreign: Set<String> = ["reflink", "help", "experimental-dump-help", "user"]
    let prose: Set<String> = ["does", "may", "or", "reads"]
    for file in files where file.hasSuffix(".swift") {
      let text = try String(contentsOf: root.appending(path: file), encoding: .utf8)
      for line in text.split(separator: "\n") where !line.contains("///") && line.contains("\"") {
        for verb in try names("p2p ([a-z]{2,})\\b", String(line)) where !prose.contains(verb) {
          #expect(verbs.contains(verb), "\(file): p2p \(verb)")
        }
        for option in try names("(?:^|[ \"'(])--([a-z][a-z0-9-]+)", String(line)) {
          #expect(options.union(foreign).contains(option), "\(file): --\(option)")
        }
        #expect(!line.contains("usermod -aG root"), "\(file)")
      }
    }
  }

  /// A folder of root's is no reason to join root's group.
  @Test(.enabled(if: getuid() == 0 && access("/usr/bin/setpriv", X_OK) == 0))
  func nobodyIsToldToJoinASystemGroup() throws {
    let folder = try TemporaryFolder()
    try folder.state.create()
    let program = "\(folder.path)/p2p"
    try FileManager.default.copyItem(atPath: Built.program("p2p"), toPath: program)
    for group: gid_t in [0, 6, 42, 5000] {
      #expect(chown(folder.state.path, 0, group) == 0 && chmod(folder.state.path, 0o2770) == 0)
      #expect(chmod(folder.path, 0o755) == 0)
      let ran = try Ran(
        "/usr/bin/setpriv",
        ["--reuid", "65534", "--regid", "65534", "--clear-groups", program, "status"],
        ["P2P_STATE": folder.state.path, "P2P_RESULTS": folder.state.results])
      #expect(ran.status != 0, "\(ran)")
      #expect(ran.errors.contains("usermod") == (group == 5000), "\(group): \(ran.errors)")
    }
  }
}
