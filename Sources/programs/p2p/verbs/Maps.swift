import ArgumentParser
import EditJobs
import Files
import JobStore
import ResultFiles
import Submissions

/// `p2p maps`: a source's attention maps of one step as a safetensors file.
struct Maps: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a source's attention maps of one step as safetensors.",
    discussion: """
      One tensor per site, (heads, queries, keys). Maps that are no longer stored are made again from \
      the source's trajectory, with the same bits.
      """)

  @Argument(help: "A source: s-1f3a.")
  var unit: String

  @Option(help: "The step, from 0, the noisiest.")
  var step: Int

  @Option(help: "A site, e.g. down.1.cross; may be given several times; all sites if absent.")
  var site: [String] = []

  @Option(name: .shortAndLong, help: "The file to write.")
  var output: String

  @OptionGroup var options: StateOptions

  func run() async throws {
    let store = try options.open()
    let found = try UnitLookup(
      unit, store: store, results: ResultFolder(options.folder.results))
    if let source = found.row.source {
      throw EditError(
        "not-a-source", .data, "\(found.row.name) is a variant; maps are kept of sources",
        hint: "p2p maps s-\(source.short) --step \(step) -o \(output)")
    }
    let worker = try MapsWorker(found.row.key, store: store, options: options)
    guard (0..<worker.spec.steps).contains(step) else {
      throw EditError(
        "step-outside", .data,
        "the run has the steps 0 to \(worker.spec.steps - 1), not \(step)")
    }
    try await worker.write(output, ["--step", "\(step)"] + site.flatMap { ["--site", $0] })
    try Output.answer(
      ["file": output], or: ["\(output): maps of step \(step) of \(found.row.name)"],
      json: options.json, about: [output])
  }
}
