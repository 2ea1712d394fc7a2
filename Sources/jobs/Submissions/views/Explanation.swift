public import EditJobs
public import Files
public import JobStore
public import PromptAlignment
public import ResultFiles
public import RunMeasures

/// All that is known of a variant.
public struct Explanation: Sendable {
  /// The variant.
  public let unit: UnitRow
  /// Why it waits for a time, or its source does; `nil` where neither does.
  public let waits: String?
  /// What its source is.
  public let source: SourceSpec
  /// What the edit means.
  public let edit: ResolvedEdit
  /// `nil` where the model's tokenizer cannot be read.
  public let alignment: AlignmentTable?
  /// `nil` where there is no trajectory, or not any more.
  public let run: RunExplanation?
  /// What its run did at each group of attention sites; empty where there is no run.
  public let groups: [SiteGroup]
  /// What its pictures measure; `nil` where it has not finished.
  public let measures: Measures?

  /// Explains the variant that a person named.
  ///
  /// - Throws: `not-a-variant` (65), what `UnitLookup` throws.
  public init(_ text: String, store: JobStore, results: ResultFolder) throws(EditError) {
    let found = try UnitLookup(text, store: store, results: results)
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
  public var hasInjectedNothing: Bool {
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
