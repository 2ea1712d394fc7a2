import ArgumentParser
import EditJobs
import Foundation
import HubCache

/// `p2p models info`: one model of the cache.
struct ModelsInfo: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Shows a model of the cache: revisions, folder, files.")

  @Argument(help: "org/name or org/name@revision.")
  var model: String

  @Flag(help: "Prints JSON.")
  var json = false

  func run() throws {
    let (name, variant) = try Models.named(model)
    let snapshot = try Models.snapshot(name)
    let cached = Models.cache.models().first { $0.name.repository == name.repository }
    let files = snapshot.files
    let document = Document(
      model: name.description, commit: snapshot.commit, folder: snapshot.path,
      pipeline: Self.pipeline(snapshot), refs: cached?.refs ?? [:],
      commits: cached?.commits ?? [], bytes: files.reduce(0) { $0 + ($1.size ?? 0) },
      items: files.map { Item(path: $0.path.description, bytes: $0.size, blob: $0.blob) },
      problems: snapshot.missing(variant: variant))
    if json { return try JSONOutput.print(document) }
    print("\(document.model): \(document.pipeline ?? "no pipeline that is known")")
    print("  commit  \(document.commit)")
    print("  folder  \(document.folder)")
    for (ref, commit) in document.refs.sorted(by: { $0.key < $1.key }) {
      print("  ref     \(ref) is \(commit.prefix(8))")
    }
    for problem in document.problems { print("  lacks   \(problem)") }
    var table = TableText([("file", .left), ("size", .right), ("blob", .left)])
    for item in document.items {
      table.add([
        item.path, item.bytes.map(ByteText.of) ?? "gone",
        item.blob.map { String($0.prefix(12)) } ?? "no blob of the cache",
      ])
    }
    print(table.lines.joined(separator: "\n"))
    print("\(files.count) files, \(ByteText.of(document.bytes))")
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
  }
}
