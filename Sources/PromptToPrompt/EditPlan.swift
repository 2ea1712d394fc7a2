public import EditJobs
import Layers

/// An edit made ready to run: per step, what happens to the maps of its sites.
public struct EditPlan: Sendable {
  /// What the edit means.
  public let edit: ResolvedEdit

  /// Checks an edit against its source and the model's text window.
  ///
  /// - Throws: `edit-unsupported` for local blend and the original code's rules, which this version
  ///   does not run; `edit-mismatch` where the edit was resolved for another run.
  public init(_ edit: ResolvedEdit, source: SourceSpec, textLength: Int) throws(EditError) {
    // Local blend acts on the latents of complete steps, after the solver: see `VariantBatch`.
    if edit.blend != nil {
      throw EditError(
        "edit-unsupported", .data, "local blend is not supported by this version: \(edit.prompt)",
        hint: "leave blend out")
    }
    if let compat = edit.compat {
      throw EditError(
        "edit-unsupported", .data,
        "compat \(compat.rawValue) is not supported by this version: \(edit.prompt)",
        hint: "leave compat out")
    }
    let (tokens, sources) = edit.mapper.extent ?? (textLength, textLength)
    guard edit.steps == source.steps, edit.textLength == textLength, tokens == textLength,
      sources <= textLength, edit.weights.allSatisfy({ (0..<textLength).contains($0.token) })
    else {
      throw EditError(
        "edit-mismatch", .data, "the edit \"\(edit.prompt)\" was resolved for another run",
        details: [
          "edit: \(edit.steps) steps, \(edit.textLength) tokens, a mapper of \(tokens)",
          "source: \(source.steps) steps, \(textLength) tokens",
        ])
    }
    self.edit = edit
  }

  /// What a step does to cross-attention maps.
  func cross(step: Int) -> CrossMapRule { CrossMapRule(edit, step: step) }

  /// Whether a step takes the source's self-attention maps.
  func takesSelf(step: Int) -> Bool { edit.selfWindow.contains(step) }

  /// Which kinds of the source's maps a step needs.
  func needs(step: Int) -> Set<AttentionSite.Kind> {
    var kinds: Set<AttentionSite.Kind> = []
    if cross(step: step).injected(tokens: edit.textLength) > 0 { kinds.insert(.cross) }
    if takesSelf(step: step) { kinds.insert(.selfAttention) }
    return kinds
  }
}

extension TokenMapper {
  /// Tokens of the edit prompt, and one more than the largest source token; `nil` for any number.
  fileprivate var extent: (tokens: Int, sources: Int)? {
    switch self {
    case .replace(let columns):
      (columns.count, columns.joined().reduce(0) { max($0, $1.token + 1) })
    case .refine(let sources): (sources.count, sources.reduce(0) { max($0, ($1 ?? -1) + 1) })
    case .identity: nil
    }
  }
}
