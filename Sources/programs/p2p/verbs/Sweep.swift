import ArgumentParser
import Files
import Foundation
import JobStore
import Planner
import Submissions

/// `p2p sweep`: a grid of edits.
struct Sweep: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Enqueues a grid of edits, from options or a YAML file.",
    discussion: """
      An option with several values is an axis: the first is the grid's columns, the second its \
      rows, further ones its pages. Values are lists (0,0.5,1), ranges (0..1:0.25), counts \
      (0.1..0.9[5]), for windows steps (12s), for weights also windows (2@[0.3,1]); texts and \
      folders are given by one option each. Options add to a file and replace its settings.
      """)

  @Argument(help: "A sweep file, or - for standard input.")
  var file: String?

  @Option(help: "A sweep to which values of its axes are added; runs what is missing.")
  var grow: String?

  @OptionGroup var request: RequestOptions

  @Option(
    help: ArgumentHelp(
      "Leaves out the cells that match, as tau=1,w:crown=2; may be given several times.",
      valueName: "values"))
  var exclude: [String] = []

  @Option(name: .setting(.maxCells), help: Setting.maxCells.argumentHelp)
  var maxCells: String?

  @OptionGroup var options: StateOptions

  func run() async throws {
    if let grow { return try await run(growing: grow) }
    var asked = try file.map(read) ?? SweepRequest()
    try request.fill(&asked)
    for entry in exclude { try asked.exclude(entry) }
    let settings = try options.configuration()
    if let most = settings.value(.maxCells, option: (Setting.maxCells.flag, maxCells)),
      file == nil || most.origin != "default"
    {
      try asked.set(Setting.maxCells.name, to: most.text)
    }
    try await SubmissionRun(asked, request, options).run()
  }

  private func run(growing target: String) async throws {
    guard file == nil else {
      throw EditError("bad-option", .usage, "--grow takes options, not a sweep file")
    }
    let growth = try request.growth(of: target)
    let store = try options.open()
    defer { try? store.close() }
    var grown = try Growth(of: target, by: growth, in: store)
    if let maxCells { try grown.request.set(Setting.maxCells.name, to: maxCells) }
    try await SubmissionRun(grown.request, request, options, growing: grown.sweep).run()
  }

  private func read(_ path: String) throws -> SweepRequest {
    let bytes: Data?
    if path == "-" {
      bytes = try FileHandle.standardInput.readToEnd() ?? Data()
    } else {
      bytes = FileManager.default.contents(atPath: path)
    }
    guard let bytes else {
      throw EditError(
        "file-missing", .missing, "\(path) cannot be read", hint: "a sweep file, or -")
    }
    let file = path == "-" ? "standard input" : path
    return try SweepFile.request(yaml: try UserText.decoded(bytes, file: file), file: file)
  }
}
