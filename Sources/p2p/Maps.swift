import ArgumentParser
import EditJobs
import Foundation
import JobStore
import SiblingPrograms
import Subprocess

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
    let found = try UnitLookup(unit, store: store, options: options)
    let (order, spec) = try order(for: found, store)
    guard (0..<spec.steps).contains(step) else {
      throw EditError(
        "step-outside", .data, "the run has the steps 0 to \(spec.steps - 1), not \(step)")
    }
    let file = FileManager.default.temporaryDirectory.appending(path: "p2p-\(UUID()).json")
    try JSONEncoder().encode(order).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let record = try await Subprocess.run(
      SiblingProgram(named: "p2p-worker").executable,
      arguments: Arguments(
        ["maps", file.path, "--step", "\(step)", "-o", output]
          + site.flatMap { ["--site", $0] }),
      input: .none, output: .discarded, error: .string(limit: 1 << 20))
    guard record.terminationStatus.isSuccess else {
      Terminal.note(record.standardError.trimmingCharacters(in: .whitespacesAndNewlines))
      if case .exited(let code) = record.terminationStatus {
        throw Stop(status: ExitStatus(rawValue: code) ?? .software)
      }
      throw Stop(status: .software)
    }
    if options.json {
      try JSONOutput.print(["file": output])
    } else {
      print("\(output): maps of step \(step) of \(found.row.name)")
    }
  }

  private func order(
    for found: UnitLookup, _ store: JobStore
  ) throws(EditError) -> (WorkOrder, SourceSpec) {
    if let source = found.row.source {
      throw EditError(
        "not-a-source", .data, "\(found.row.name) is a variant; maps are kept of sources",
        hint: "p2p maps s-\(source.short) --step \(step) -o \(output)")
    }
    guard let spec = try store.sourceSpec(found.row.key),
      let model = try store.model(of: found.row.key)
    else {
      throw EditError("no-such-target", .missing, "no unit \(unit) here", hint: "p2p status")
    }
    let order = try WorkOrder(
      token: 0, model: model.folder, results: options.folder.results, sourceKey: found.row.key,
      source: spec)
    return (order, spec)
  }
}
