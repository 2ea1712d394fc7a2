import ArgumentParser
import EditJobs
import Files
import Foundation
import HubCache
import Planner
import Submissions

/// `p2p models info`: one model of the cache, or of a folder.
struct ModelsInfo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Shows a model: folder, files; of the cache its revisions too.")

  @Argument(help: "org/name, org/name@revision, or a folder.")
  var model: String

  @Flag(help: "Prints JSON.")
  var json = false

  func run() async throws {
    if let local = try ModelFolders(Configuration(), cache: Models.cache).local(model) {
      return try await FolderInfo(local).show(json: json)
    }
    let (name, variant) = try Models.named(model)
    let snapshot = try Models.snapshot(name)
    let cached = Models.cache.models().first { $0.name.repository == name.repository }
    let files = snapshot.files
    let problems = snapshot.missing(variant: variant)
    let notes = problems.isEmpty ? await notes(snapshot) : []
    let document = Document(
      model: name.description, commit: snapshot.commit, folder: snapshot.path,
      pipeline: Self.pipeline(snapshot), refs: cached?.refs ?? [:],
      commits: cached?.commits ?? [], bytes: files.reduce(0) { $0 + ($1.size ?? 0) },
      items: files.map { Item(path: $0.path.description, bytes: $0.size, blob: $0.blob) },
      problems: problems, notes: notes)
    if json { return try JSONOutput.print(document) }
    try Output.line("\(document.model): \(document.pipeline ?? "no pipeline that is known")")
    try Output.line("  commit  \(document.commit)")
    try Output.line("  folder  \(document.folder)")
    for (ref, commit) in document.refs.sorted(by: { $0.key < $1.key }) {
      try Output.line("  ref     \(ref) is \(commit.prefix(8))")
    }
    for problem in document.problems { try Output.line("  lacks   \(problem)") }
    for note in notes { try Output.line("  note    \(note)") }
    var table = TableText([("file", .left), ("size", .right), ("blob", .left)])
    for item in document.items {
      table.add([
        item.path, item.bytes.map(ByteText.of) ?? "gone",
        item.blob.map { String($0.prefix(12)) } ?? "no blob of the cache",
      ])
    }
    try Output.lines(table.lines)
    try Output.line("\(files.count) files, \(ByteText.of(document.bytes))")
  }

  /// What of the model's configs is not obeyed, or why the model is not run at all.
  private func notes(_ snapshot: HubSnapshot) async -> [String] {
    var place = ModelPlace(model)
    place.path = snapshot.path
    do {
      return try await WorkerInspector().model(place.text, size: nil).facts.notes ?? []
    } catch let error as EditError {
      return ["it is not run: \(error.what)"]
    } catch {
      return ["it is not run: \(error)"]
    }
  }

  private struct Index: Decodable { var _class_name: String }

  private static func pipeline(_ snapshot: HubSnapshot) -> String? {
    guard let bytes = try? Data(contentsOf: URL(filePath: "\(snapshot.path)/model_index.json"))
    else {
      return nil
    }
    let decoder = JSONDecoder()
    // Python writes NaN, Infinity and -Infinity, which are no JSON.
    decoder.allowsJSON5 = true
    return (try? decoder.decode(Index.self, from: bytes))?._class_name.printable
  }

  private struct Item: Encodable {
    var path: String
    var bytes: Int64?
    var blob: String?
  }

  private struct Document: Encodable {
    var schema = "p2p.models-info/1"
    var model: String
    var commit: String
    var folder: String
    var pipeline: String?
    var refs: [String: String]
    var commits: [String]
    var bytes: Int64
    var items: [Item]
    var problems: [String]
    /// What of the model's configs is not obeyed.
    var notes: [String]
  }
}
