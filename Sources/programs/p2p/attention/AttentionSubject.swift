import EditJobs
import Files
import Foundation
import Imaging
import JobStore
import PromptAlignment
import ResultFiles
import RunMeasures
import Submissions

/// A source or a variant whose attention is shown.
struct AttentionUnit {
  /// `source` or `edit`.
  let role: String
  let name: String
  let prompt: Prompt
  let picture: PixelBuffer
  let folder: UnitFolder
  let run: SourceSpec
  let sites: [ModelFacts.Site]

  /// The averaged maps of its tokens.
  func maps(_ third: RunThird?) throws(EditError) -> TokenMaps {
    try TokenMaps(folder, third: third, steps: run.steps, sampler: run.sampler)
  }
}

/// A word in both pictures.
struct AttentionWord {
  /// Its name and its tokens in one picture.
  struct Place {
    var text: String
    var tokens: [Int]
  }

  /// As it was asked for.
  let query: String
  /// By unit, `nil` where the prompt does not have it and no word stands in its place.
  let places: [Place?]
}

/// What `p2p attn` looks at: a source, or a variant with its source before it.
struct AttentionSubject {
  /// The source, then the variant where there is one.
  let units: [AttentionUnit]
  /// Whether some word of the edit has a weight.
  let isWeighed: Bool
  private let alignment: AlignmentTable?

  /// - Throws: what `UnitLookup` throws; `not-done` (75); `picture-missing` (66); what tokenisers
  ///   throw.
  init(_ text: String, store: JobStore, options: StateOptions) throws {
    let found = try UnitLookup(
      text, store: store, results: ResultFolder(options.folder.results))
    let row = found.row
    guard row.state == .done else {
      throw EditError(
        "not-done", .temporary,
        "\(row.name) is \(row.state.rawValue), at step \(row.step) of \(row.steps)",
        hint: "p2p wait \(row.name)")
    }
    let key = row.source ?? row.key
    guard let run = try store.sourceSpec(key), let model = try store.model(of: row.key) else {
      throw EditError("no-such-target", .missing, "no unit \(text) here", hint: "p2p status")
    }
    let tokenizer = try CLIPTokenizer(
      folder: model.facts.tokenizer, textLength: model.facts.textLength)
    func unit(_ role: String, _ key: Key, _ prompt: String, _ folder: UnitFolder) throws
      -> AttentionUnit
    {
      AttentionUnit(
        role: role, name: "\(role == "source" ? "s" : "v")-\(key.description.prefix(6))",
        prompt: try Prompt(prompt, tokenizer: tokenizer), picture: try Self.picture(folder),
        folder: folder, run: run, sites: model.facts.sites)
    }
    let results = ResultFolder(try options.folder.results)
    let source = try unit("source", key, run.prompt, results.source(key))
    guard row.source != nil, let edit = try store.edit(row.key) else {
      (units, alignment, isWeighed) = ([source], nil, false)
      return
    }
    let variant = try unit("edit", row.key, edit.prompt, found.folder)
    units = [source, variant]
    isWeighed = !edit.weights.isEmpty
    let method =
      edit.method == .none && source.prompt.text != variant.prompt.text ? .auto : edit.method
    alignment = try? AlignmentTable(
      source: source.prompt, edit: variant.prompt, method: method, tokenizer: tokenizer)
  }

  private static func picture(_ folder: UnitFolder) throws -> PixelBuffer {
    guard let bytes = try? Data(contentsOf: URL(filePath: folder.picture)) else {
      throw EditError("picture-missing", .missing, "\(folder.picture) is not there")
    }
    return try PNGFile(decoding: Array(bytes)).pixels
  }

  /// A word by its name; in the other picture the word of that name, or the one in its place.
  ///
  /// - Throws: `word-not-found`, `token-not-found` (65).
  func word(_ query: String) throws(EditError) -> AttentionWord {
    var found = units.map { WordQuery(query).tokens(in: $0.prompt) }
    if found.allSatisfy({ $0 == nil }), let last = units.last {
      _ = try last.prompt.tokens(of: query, name: units.count > 1 ? "edit prompt" : "prompt")
    }
    if units.count == 2 {
      if found[0] == nil { found[0] = counterpart(found[1], from: \.edit, to: \.source) }
      if found[1] == nil { found[1] = counterpart(found[0], from: \.source, to: \.edit) }
    }
    let places = zip(units, found).map { unit, tokens in
      tokens.map { AttentionWord.Place(text: unit.prompt.text(of: $0), tokens: $0) }
    }
    return AttentionWord(query: query, places: places)
  }

  private func counterpart(
    _ tokens: [Int]?, from: KeyPath<AlignmentTable.Row, AlignmentTable.Token?>,
    to: KeyPath<AlignmentTable.Row, AlignmentTable.Token?>
  ) -> [Int]? {
    guard let tokens, let alignment else { return nil }
    let others = alignment.rows.filter { tokens.contains($0[keyPath: from]?.index ?? -1) }
      .compactMap { $0[keyPath: to]?.index }
    return others.isEmpty ? nil : others
  }
}

extension Prompt {
  /// The words that tokens belong to.
  func text(of tokens: [Int]) -> String {
    if tokens == [0] { return "(start)" }
    let named = words.filter { word in tokens.contains(where: word.tokens.contains) }
    return named.map(\.text).joined(separator: " ")
  }
}
