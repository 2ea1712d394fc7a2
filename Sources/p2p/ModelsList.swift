import ArgumentParser
import Foundation
import HubCache

/// `p2p models list`: what is in the cache.
struct ModelsList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the models in the hub's cache.")

  @Flag(help: "Prints JSON.")
  var json = false

  func run() throws {
    let cache = Models.cache
    let models = cache.models()
    if json {
      return try JSONOutput.print(
        Document(cache: cache.path, items: models.flatMap { Self.items($0, cache) }))
    }
    guard !models.isEmpty else {
      try Output.line("no model in \(cache.path)")
      return Terminal.note("try: p2p models pull org/name")
    }
    var table = TableText([
      ("model", .left), ("commit", .left), ("size", .right), ("fetched", .left), ("state", .left),
    ])
    for item in models.flatMap({ Self.items($0, cache) }) {
      table.add([
        item.name, item.commit.map { String($0.prefix(8)) } ?? "",
        item.bytes.map(ByteText.of) ?? "", item.changed.map { String($0.prefix(10)) } ?? "",
        item.problems.first.map { $0.count > 60 ? "not whole" : $0 } ?? "whole",
      ])
    }
    try Output.lines(table.lines)
    try Output.line("in \(cache.path)")
  }

  /// One line a revision; one without a commit where nothing was finished.
  private static func items(_ model: CachedModel, _ cache: HubCache) -> [Item] {
    let name = model.name
    guard !model.commits.isEmpty else {
      return [
        Item(
          name: name.repository, bytes: model.partialBytes, problems: ["not fetched to its end"])
      ]
    }
    return model.commits.flatMap { commit -> [Item] in
      let snapshot = cache.snapshot(name, commit: commit)
      let missing = snapshot.missing
      let bytes = snapshot.files.reduce(0) { $0 + ($1.size ?? 0) }
      let refs = model.refs(of: commit)
      return (refs.isEmpty ? [commit] : refs).map { revision in
        Item(
          name: HubModelName(name, revision: revision).description, commit: commit, bytes: bytes,
          changed: WallClock.stamp(ms: model.changed * 1000), folder: snapshot.path,
          problems: missing)
      }
    }
  }

  private struct Item: Encodable {
    var name: String
    var commit: String?
    var bytes: Int64?
    var changed: String?
    var folder: String?
    /// Why a run could not use it.
    var problems: [String] = []
  }

  private struct Document: Encodable {
    var schema = "p2p.models/1"
    var cache: String
    var items: [Item]
  }
}
