import EditJobs
import Foundation
import HubCache
import Submissions

/// What `p2p models` says of a model that is none of the hub's cache: a folder, or a single file.
struct FolderInfo {
  private let place: String
  private let path: String

  /// Takes a place as `ModelFolders.path` gives it.
  init(_ place: String) { (self.place, path) = (place, ModelPlace(place).path) }

  /// Shows folder, kind, size and files; what is wrong with it is an error.
  func show(json: Bool) async throws {
    let facts = try await facts()
    let files = LocalModels.files(path)
    let bytes = files.reduce(0) { $0 + $1.bytes }
    if json {
      return try JSONOutput.print(
        Document(
          model: place, folder: path, family: facts.family, digest: facts.digest,
          width: facts.defaultWidth, height: facts.defaultHeight, bytes: bytes,
          items: files.map { Item(path: $0.name, bytes: $0.bytes) }, notes: facts.notes ?? []))
    }
    try Output.line(
      "\(place): \(facts.family), made for \(facts.defaultWidth)x\(facts.defaultHeight)")
    try Output.line("  folder  \(path)")
    try Output.line("  digest  \(facts.digest)")
    for note in facts.notes ?? [] { try Output.line("  note    \(note)") }
    var table = TableText([("file", .left), ("size", .right)])
    for file in files { table.add([file.name, ByteText.of(file.bytes)]) }
    try Output.lines(table.lines)
    try Output.line("\(files.count) files, \(ByteText.of(bytes))")
  }

  /// Reads everything that a run reads.
  func verify(json: Bool) async throws {
    let facts = try await facts()
    if json {
      return try JSONOutput.print(Checked(model: place, folder: path, digest: facts.digest))
    }
    try Output.line(
      "\(place): every file that a run reads is whole; they are no blobs with hashes of their own")
    try Output.line("digest \(facts.digest)")
  }

  private func facts() async throws -> ModelFacts {
    try await WorkerInspector().model(place, size: nil).facts
  }

  private struct Item: Encodable {
    var path: String
    var bytes: Int64
  }

  private struct Document: Encodable {
    var schema = "p2p.models-folder/1"
    var model: String
    var folder: String
    var family: String
    var digest: Digest
    var width: Int
    var height: Int
    var bytes: Int64
    var items: [Item]
    /// What of the model's configs is not obeyed.
    var notes: [String]
  }

  private struct Checked: Encodable {
    var schema = "p2p.models-checked/1"
    var model: String
    var folder: String
    var digest: Digest
  }
}
