/// How the source's tokens find their place in the edit prompt.
public enum EditMethod: String, Codable, Sendable, CaseIterable {
  /// `replace` where the word counts are equal, else `refine`.
  case auto
  /// Word for word; needs equal word counts (the paper's "word swap").
  case replace
  /// By the longest common subsequence of tokens (the paper's "adding a new phrase").
  case refine
  /// Token by token, for re-weighting alone; the prompts must be equal.
  case none
}

/// Whose rules an edit follows where the original code differs from ours.
public enum Compatibility: String, Codable, Sendable {
  /// The code published with the paper.
  case google
}

/// One edit of a source as requested: words and fractions, nothing resolved yet.
public struct EditSpec: Hashable, Sendable {
  /// The edit prompt.
  public var prompt: String
  /// How tokens are aligned.
  public var method: EditMethod
  /// When the source's cross-attention maps are injected.
  public var tau: Window
  /// Windows of single words of the edit prompt, which replace `tau` for their tokens.
  public var tauWords: [String: Window]
  /// When the source's self-attention maps are injected.
  public var selfTau: Window
  /// Factors of words of the edit prompt; any finite number.
  public var weights: [String: Double]
  /// When the factors act.
  public var weightWindow: Window
  /// Windows of single words' factors, which replace `weightWindow` for them.
  public var weightWindows: [String: Window]
  /// Where the edit may differ from its source; `nil` for everywhere.
  public var blend: BlendSpec?
  /// Whose rules are followed; `nil` is ours.
  public var compat: Compatibility?

  /// Makes a request.
  public init(
    prompt: String, method: EditMethod = .auto, tau: Window = .defaultTau,
    tauWords: [String: Window] = [:], selfTau: Window = .defaultSelfTau,
    weights: [String: Double] = [:], weightWindow: Window = .whole,
    weightWindows: [String: Window] = [:],
    blend: BlendSpec? = nil, compat: Compatibility? = nil
  ) {
    (self.prompt, self.method, self.tau, self.tauWords) = (prompt, method, tau, tauWords)
    (self.selfTau, self.weights, self.weightWindow) = (selfTau, weights, weightWindow)
    (self.weightWindows, self.blend, self.compat) = (weightWindows, blend, compat)
  }

  /// The plain re-prompt of an edit prompt: the source's noise and nothing else of the source.
  public static func plainReprompt(_ prompt: String) -> EditSpec {
    EditSpec(prompt: prompt, method: .auto, tau: .empty, selfTau: .empty)
  }
}
