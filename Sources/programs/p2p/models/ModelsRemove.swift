import ArgumentParser
import Files
import Foundation
import HubCache

/// `p2p models rm`: removes a model, or one revision of it, from the cache.
struct ModelsRemove: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Removes a model from the cache, or one revision of it.",
    discussion: """
      A blob goes only where no other revision links to it. The cache is shared: other programs \
      that use the model fetch it again.
      """)

  @Argument(help: "org/name for all of it, org/name@revision for one revision.")
  var model: String

  @Flag(name: .shortAndLong, help: "Does not ask.")
  var yes = false

  @Flag(help: "Says what would go and removes nothing.")
  var dryRun = false

  @Flag(help: "Prints JSON.")
  var json = false

  func run() throws {
    let name = try HubModelName(typed: model)
    let removal = try ModelRemoval(
      name, revision: model.contains("@") ? name.revision : nil, in: Models.cache)
    let words =
      "\(model): \(removal.commits.count) \(removal.commits.count == 1 ? "revision" : "revisions"), "
      + "\(removal.blobs.count) blobs, "
      + ByteText.of(removal.bytes)
    if !dryRun, !yes {
      guard isatty(STDIN_FILENO) == 1 else {
        throw EditError(
          "not-confirmed", .usage, "\(words): nothing is removed without a yes",
          hint: "p2p models rm --yes \(model)")
      }
      Terminal.ask("remove \(words)? [y/N] ")
      guard ["y", "yes"].contains((readLine() ?? "").lowercased()) else {
        Terminal.note("nothing was removed")
        throw Stop(status: .failed)
      }
    }
    if !dryRun { try removal.run() }
    if json {
      return try JSONOutput.print(
        Document(
          model: model, commits: removal.commits, blobs: removal.blobs.count,
          bytes: removal.bytes, removed: !dryRun))
    }
    try Output.line(dryRun ? "would remove \(words)" : "removed \(words)")
  }

  private struct Document: Encodable {
    var schema = "p2p.models-rm/1"
    var model: String
    var commits: [String]
    var blobs: Int
    var bytes: Int64
    var removed: Bool
  }
}
