import ArgumentParser
import EditJobs
import Files
import JobStore
import PromptAlignment
import ResultFiles

/// `p2p explain`: what an edit meant, and what it did.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Explains a variant: its alignment, windows and weights, and what its run did.",
    discussion: """
      Windows are in steps from the noise on; the paper counts its τ from the other end, so its τ/T \
      is 1 − tau. Injected are sites × steps that took a map of the source, of those that the \
      windows ask for.
      """)

  @Argument(help: "One cell or a variant: 17:r2c3, 17:tau=0.5, v-9c41.")
  var cell: String

  @Flag(help: "Shows every step.")
  var steps = false

  @OptionGroup var options: StateOptions

  func run() throws {
    let explanation = try Explanation(cell, store: try options.open(), options: options)
    if options.json {
      try JSONOutput.print(ExplanationJSON(explanation))
    } else {
      try Output.lines(ExplanationText(explanation).lines(eachStep: steps))
    }
    guard explanation.hasInjectedNothing else { return }
    Terminal.note("p2p: no map of the source entered, though the windows are open: report this")
    throw Stop(status: .failed)
  }
}

/// All that is known of a variant.
struct Explanation {
  let unit: UnitRow
  /// Why it waits for a time, or its source does; `nil` where neither does.
  let waits: String?
  let source: SourceSpec
  let edit: ResolvedEdit
  /// `nil` where the model's tokenizer cannot be read.
  let alignment: AlignmentTable?
  /// `nil` where there is no trajectory, or not any more.
  let run: RunExplanation?
  let groups: [SiteGroup]
  let measures: Measures?

  /// - Throws: `not-a-variant` (65), what `UnitLookup` throws.
  init(_ text: String, store: JobStore, options: StateOptions) throws(EditError) {
    let found = try UnitLookup(text, store: store, options: options)
    guard let key = found.row.source, let edit = try store.edit(found.row.key),
      let source = try store.sourceSpec(key)
    else {
      throw EditError(
        "not-a-variant", .data, "\(found.row.name) is a source: nothing is edited there",
        hint: "a cell, as in 17:r2c3, or a variant, as in v-9c41")
    }
    (unit, self.source, self.edit) = (found.row, source, edit)
    let sourceWaits = try store.unit(key)?.waits
    waits = found.row.waits ?? sourceWaits
    let model = try store.model(of: found.row.key)
    alignment = model.flatMap { Self.alignment(source, edit, $0.facts) }
    let results = ResultFolder(try options.folder.results)
    run = (try? TrajectoryReader(path: found.folder.trajectory)).flatMap { variant in
      let original = results.source(key).trajectory
      return RunExplanation(
        edit, sampler: source.sampler, source: try? TrajectoryReader(path: original),
        variant: variant)
    }
    groups =
      if let run, let model {
        SiteGroup.groups(run, edit, source: source, model: model.facts)
      } else { [] }
    measures = (try? VariantRequest.read(found.folder))?.measures
  }

  /// Law 6: a whole run whose windows are open takes something from its source.
  var hasInjectedNothing: Bool {
    guard let run, run.isComplete else { return false }
    return edit.injects && run.injected == 0
  }

  /// Prompt beside prompt, with the maps that the edit really takes.
  private static func alignment(
    _ source: SourceSpec, _ edit: ResolvedEdit, _ model: ModelFacts
  ) -> AlignmentTable? {
    guard
      let tokenizer = try? CLIPTokenizer(folder: model.tokenizer, textLength: model.textLength),
      let from = try? Prompt(source.prompt, tokenizer: tokenizer),
      let to = try? Prompt(edit.prompt, tokenizer: tokenizer)
    else { return nil }
    // An edit that no gate reads has lost its method: both prompts are then shown as auto has them.
    let method = edit.method == .none && from.text != to.text ? .auto : edit.method
    guard
      var table = try? AlignmentTable(
        source: from, edit: to, method: method, tokenizer: tokenizer)
    else { return nil }
    for index in table.rows.indices {
      guard let token = table.rows[index].edit?.index else { continue }
      table.rows[index].origin = origin(of: token, edit, same: from.text == to.text)
    }
    return table
  }

  private static func origin(of token: Int, _ edit: ResolvedEdit, same: Bool) -> String {
    switch edit.mapper {
    case .identity: return same ? "source \(token)" : "own"
    case .refine(let sources): return sources[token].map { "source \($0)" } ?? "own"
    case .replace(let columns):
      let column = columns[token]
      guard let share = column.first?.share else { return "nothing" }
      let tokens = column.map { String($0.token) }.joined(separator: " + ")
      return share == 1
        ? "source \(tokens)" : "source \(tokens), 1/\(Int((1 / share).rounded())) each"
    }
  }
}
