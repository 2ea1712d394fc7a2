import ArgumentParser
import EditJobs
import Files
import Foundation
import HubCache
import Planner
import Submissions

/// `p2p models list`: what is in the cache, and in the settings' folders.
struct ModelsList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Lists the models in the hub's cache and in the settings' models folders.")

  @Flag(help: "Prints JSON.")
  var json = false

  func run() throws {
    let cache = Models.cache
    let local = LocalModels(try Configuration())
    let items = cache.models().flatMap { Self.items($0, cache) } + local.models.map(Item.init)
    let places = ([cache.path] + local.places).joined(separator: ", ")
    if json {
      return try JSONOutput.print(Document(cache: cache.path, places: local.places, items: items))
    }
    guard !items.isEmpty else {
      try Output.line("no model in \(places)")
      return Terminal.note("try: p2p models pull org/name")
    }
    var table = TableText([
      ("model", .left), ("commit", .left), ("size", .right), ("fetched", .left), ("state", .left),
    ])
    for item in items {
      table.add([
        item.name, item.commit.map { String($0.prefix(8)) } ?? "",
        item.bytes.map(ByteText.of) ?? "", item.changed.map { String($0.prefix(10)) } ?? "",
        item.problems.first.map { $0.count > 60 ? "not whole" : $0 } ?? "whole",
      ])
    }
    try Output.lines(table.lines)
    try Output.line("in \(places)")
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
          changed: model.changed, folder: snapshot.path,
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

    init(
      name: String, commit: String? = nil, bytes: Int64? = nil, changed: Int64? = nil,
      folder: String? = nil, problems: [String] = []
    ) {
      (self.name, self.commit, self.bytes) = (name, commit, bytes)
      (self.folder, self.problems) = (folder, problems)
      self.changed = changed.map { WallClock.stamp(ms: $0 * 1000) }
    }

    /// One of the settings' folders.
    init(_ model: LocalModels.Model) {
      self.init(
        name: model.name, bytes: model.bytes, changed: model.changed, folder: model.path)
    }
  }

  private struct Document: Encodable {
    var schema = "p2p.models/1"
    var cache: String
    /// The settings' `models` folders.
    var places: [String]
    var items: [Item]
  }
}
