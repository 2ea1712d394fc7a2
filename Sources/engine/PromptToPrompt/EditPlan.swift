public import EditJobs
public import Files
import Layers

/// An edit made ready to run: per step, what happens to the maps of its sites.
public struct EditPlan: Sendable {
  /// What the edit means.
  public let edit: ResolvedEdit

  /// Checks an edit against its source and the model's text window.
  ///
  /// - Throws: `edit-mismatch` where the edit was resolved for another run.
  public init(_ edit: ResolvedEdit, source: SourceSpec, textLength: Int) throws(EditError) {
    let named = edit.weights.map(\.token) + (edit.blend?.tokens ?? [])
    let (tokens, sources) = edit.mapper.extent ?? (textLength, textLength)
    guard edit.steps == source.steps, edit.textLength == textLength, tokens == textLength,
      sources <= textLength, named.allSatisfy({ (0..<textLength).contains($0) })
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

  /// Whether the latents are blended with the source's at the end of a step.
  func blends(step: Int) -> Bool { edit.blend.map { step >= $0.start } ?? false }

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
