import ArgumentParser
import EditJobs
import Files
import Foundation
import Planner
import PromptAlignment
import Submissions

/// `p2p tokens`: how words become tokens, and where each takes its map from.
struct Tokens: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows the tokens of a prompt, or the alignment of two.")

  @Argument(help: "The source prompt.")
  var prompt: String

  @Option(help: "The edit prompt.")
  var to: String?

  @Option(help: "The model: its folder, or org/name in the hub's cache ($P2P_MODEL by default).")
  var model: String?

  @Option(help: "auto, replace, refine or none.")
  var method = "auto"

  @Flag(help: "Prints JSON.")
  var json = false

  func run() throws {
    guard let method = EditMethod(rawValue: method) else {
      throw EditError(
        "bad-option", .usage, "--method cannot be \(method)",
        details: ["legal: \(EditMethod.allCases.map(\.rawValue).joined(separator: ", "))"])
    }
    let place = ModelPlace(try ModelFolders(try Configuration(), cache: Models.cache).path(model))
    guard let folder = place.folder else {
      throw EditError(
        "tokenizer-missing", .missing, "the file \(place.path) has no tokenizer",
        hint: "--model FOLDER, the diffusers folder of the model")
    }
    let tokenizer = try CLIPTokenizer(folder: folder + "/tokenizer")
    let source = try Prompt(prompt, tokenizer: tokenizer)
    guard let to else {
      return try show(AlignmentTable(source, tokenizer: tokenizer))
    }
    let edit = try Prompt(to, tokenizer: tokenizer, name: "edit prompt")
    try show(
      AlignmentTable(source: source, edit: edit, method: method, tokenizer: tokenizer))
  }

  private func show(_ table: AlignmentTable) throws {
    if json { return try JSONOutput.print(table) }
    if let method = table.method, let words = table.editWords {
      try Output.line("\(method.rawValue) (\(table.sourceWords) words against \(words))")
    }
    var text = TableText(
      table.method == nil
        ? [("#", .right), ("token", .left), ("id", .right)]
        : [("#", .right), ("source", .left), ("#", .right), ("edit", .left), ("its map", .left)])
    for row in table.rows {
      let source = row.source.map { [String($0.index), $0.text] } ?? ["", ""]
      if table.method == nil {
        text.add(source + [row.source.map { String($0.id) } ?? ""])
      } else {
        text.add(
          source + (row.edit.map { [String($0.index), $0.text] } ?? ["", ""]) + [row.origin])
      }
    }
    try Output.lines(text.lines)
    if table.method != nil { try Output.line("padding follows, relative to the end of the text") }
  }
}
