import ArgumentParser
import Files
import Foundation
import HubCache
import Planner
import Submissions

/// `p2p models verify`: the bytes of a model against the hashes that its blobs are called by.
struct ModelsVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Checks every file of a model against its hash.",
    discussion: """
      A folder that is none of the cache has no hashes to compare with: every file that a run reads is \
      read and checked instead, and the digest of all of them is printed.
      """)

  @Argument(help: "org/name, org/name@revision, or a folder.")
  var model: String

  @Flag(help: "Removes blobs that are wrong, so that the next pull fetches them again.")
  var drop = false

  @Flag(help: "Prints JSON.")
  var json = false

  func run() async throws {
    if let local = try ModelFolders(Configuration(), cache: Models.cache).local(model) {
      return try await FolderInfo(local).verify(json: json)
    }
    let (name, variant) = try Models.named(model)
    let snapshot = try Models.snapshot(name)
    let checks = try snapshot.files.map { file in
      let check = try BlobCheck(file, of: snapshot, passed: Self.progress(file))
      if check.verdict == .wrong, drop, let blob = file.blob {
        unlink(Models.cache.blob(blob, of: name))
      }
      return check
    }
    if Terminal.isInteractive(STDERR_FILENO) { Terminal.overwrite("") }
    let bad = checks.filter { [.wrong, .gone, .foreign].contains($0.verdict) }
    let missing = bad.isEmpty ? snapshot.missing(variant: variant) : []
    if json {
      try JSONOutput.print(
        Document(
          model: name.description, commit: snapshot.commit,
          items: checks.map { Item(path: $0.file.path.description, verdict: $0.verdict.rawValue) },
          missing: missing))
    } else {
      for check in checks where check.verdict != .right {
        try Output.line("\(check.file.path): \(check.verdict.rawValue)")
      }
      try Output.lines(missing)
      let right = checks.filter { $0.verdict == .right }.count
      try Output.line(
        "\(name): \(right) of \(checks.count) files have the hash that they are called by")
    }
    guard bad.isEmpty, missing.isEmpty else {
      throw EditError(
        "model-damaged", .data, "\(name) cannot be used as it is in the cache",
        details: bad.prefix(10).map { "\($0.file.path): \($0.verdict.rawValue)" } + missing,
        hint: (drop || !bad.contains { $0.verdict == .wrong }
          ? "" : "p2p models verify --drop \(name) && ")
          + "p2p models pull \(name)")
    }
  }

  /// Shows how far a file is, on a terminal.
  private static func progress(_ file: HubSnapshot.File) -> (Int) -> Void {
    guard Terminal.isInteractive(STDERR_FILENO), let size = file.size, size > 1 << 24 else {
      return { _ in }
    }
    var read: Int64 = 0
    return { count in
      let before = 100 * read / size
      read += Int64(count)
      guard 100 * read / size > before else { return }
      Terminal.overwrite("\(file.path)  \(100 * read / size) % of \(ByteText.of(size))")
    }
  }

  private struct Item: Encodable {
    var path: String
    var verdict: String
  }

  private struct Document: Encodable {
    var schema = "p2p.models-verify/1"
    var model: String
    var commit: String
    var items: [Item]
    var missing: [String]
  }
}
