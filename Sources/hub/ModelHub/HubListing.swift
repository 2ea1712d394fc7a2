import Files
import Foundation
import HubCache

/// The files of one commit of a model, as the hub lists them.
struct HubListing {
  /// One file.
  struct Entry: Sendable, Hashable {
    let path: HubPath
    let size: Int64
    /// The hash that the file's blob should be called by.
    let hash: String
  }

  private struct Revision: Decodable { let sha: String }
  private struct Item: Decodable {
    struct Large: Decodable {
      let oid: String
      let size: Int64
    }
    let type: String
    let path: String
    let oid: String?
    let size: Int64?
    let lfs: Large?
  }

  private static let mostEntries = 100_000

  /// 40 hexadecimal digits.
  let commit: String
  private(set) var entries: [HubPath: Entry] = [:]

  /// Asks the hub.
  ///
  /// - Throws: `EditError`; `hub-path` (65) for a path that would leave its folder.
  init(_ hub: HubConnection) throws {
    let model = hub.model
    let base = "/api/models/\(model.repository)"
    let about = try hub.document(
      hub.address("\(base)/revision/\(HTTPAddress.escaped(model.revision))"))
    guard let revision = try? JSONDecoder().decode(Revision.self, from: Data(about.bytes)),
      HubModelName.isCommit(revision.sha), !model.isCommit || model.revision == revision.sha
    else { throw Self.unreadable(model) }
    commit = revision.sha
    var page: HTTPAddress? = try hub.address("\(base)/tree/\(commit)?recursive=true")
    var seen: Set<HTTPAddress> = []
    while let address = page {
      let answer = try hub.document(address)
      guard let items = try? JSONDecoder().decode([Item].self, from: Data(answer.bytes)) else {
        throw Self.unreadable(model)
      }
      for item in items where item.type == "file" { try add(item, model) }
      page = try answer.head.nextPage.map { link in
        guard let next = answer.at.resolving(link), next.origin == hub.settings.address.origin,
          seen.insert(next).inserted
        else { throw Self.unreadable(model) }
        return next
      }
    }
  }

  private mutating func add(_ item: Item, _ model: HubModelName) throws {
    guard let path = HubPath(item.path) else {
      throw EditError(
        "hub-path", .data, "\(model) lists a path that p2p does not write: \(item.path.printable)",
        details: ["a path is relative and has no empty segment, no .. and no control character"],
        hint: "do not trust this repository")
    }
    guard let size = item.lfs?.size ?? item.size, size >= 0,
      let hash = item.lfs?.oid ?? item.oid, entries.count < Self.mostEntries
    else { throw Self.unreadable(model) }
    entries[path] = Entry(path: path, size: size, hash: hash)
  }

  private static func unreadable(_ model: HubModelName) -> EditError {
    EditError(
      "hub-answer", .unavailable, "the hub's list of the files of \(model) cannot be understood",
      hint: "check HF_ENDPOINT")
  }
}
