public import EditJobs

/// What two prompts have in common and where they differ, whatever the method of an edit is: what
/// measures compare.
public struct EditedTokens: Sendable, Hashable {
  /// Words' tokens of the source prompt that the edit prompt has not, rising.
  public let source: [Int]
  /// Words' tokens of the edit prompt that the source prompt has not, rising.
  public let edit: [Int]
  /// Per token of the edit prompt its counterpart's columns in the source's maps: word for word where
  /// the prompts have equally many words, else by the longest common subsequence of tokens; empty
  /// where there is none.
  public let counterparts: [[TokenMapper.Share]]

  /// Compares two prompts of one tokenizer.
  public init(source: Prompt, edit: Prompt) {
    let aligned = RefineAlignment.sources(source: source, edit: edit)
    let kept = Set(aligned.compactMap(\.self))
    self.source = (1..<max(source.end, 1)).filter { !kept.contains($0) }
    self.edit = (1..<max(edit.end, 1)).filter { aligned[$0] == nil }
    let swapped = try? ReplaceAlignment.columns(source: source, edit: edit)
    counterparts =
      swapped ?? aligned.map { $0.map { [.init(token: $0, share: 1)] } ?? [] }
  }

  /// Where an edit is meant to act: its blend, else the place of the words that it changes or weighs,
  /// found as a blend would find it. `nil` where no word is, and where the blend begins too late.
  public func place(of edit: ResolvedEdit) -> ResolvedBlend? {
    if let blend = edit.blend { return blend.start < edit.steps ? blend : nil }
    let edited = Set(self.edit + edit.weights.map(\.token)).sorted()
    guard !edited.isEmpty || !source.isEmpty else { return nil }
    return ResolvedBlend(source: source, edit: edited, start: 0)
  }
}
