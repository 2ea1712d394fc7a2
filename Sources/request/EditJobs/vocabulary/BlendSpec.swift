/// Where an edit may differ from its source, as requested: local blend (Hertz et al. 2022, §3.2 with
/// the published code's union of both masks). Words and fractions, nothing resolved yet.
///
/// The maps of the words, summed over the steps so far, decide; outside their place the source's
/// latents are kept.
public struct BlendSpec: Hashable, Sendable {
  /// Words per prompt: `cat -> dog`.
  ///
  /// A side without words adds nothing to the mask, as for an object that stands in one prompt alone.
  public struct Words: Hashable, Sendable {
    /// Words of the source prompt, each named as in every request (`cat`, `cat#2`, `pea soup`, `@3`).
    public var source: [String]
    /// Words of the edit prompt.
    public var edit: [String]

    /// Makes a pair of lists.
    public init(source: [String] = [], edit: [String] = []) {
      (self.source, self.edit) = (source, edit)
    }

    /// Whether neither side has a word.
    public var isEmpty: Bool { source.isEmpty && edit.isEmpty }
  }

  /// What the published code and this program compare normalised maps with.
  public static let defaultThreshold = 0.3
  /// The published code's start: after the first fifth of the steps.
  public static let defaultStart = Window.Bound.fraction(0.2)

  /// The words whose place may change.
  public var words: Words
  /// Words whose place is taken out again.
  public var substract: Words
  /// What a normalised map must exceed, 0…1.
  public var threshold: Double
  /// The same for the words that are taken out, 0…1.
  public var substractThreshold: Double
  /// The first step at whose end it acts.
  public var start: Window.Bound

  /// Makes a request.
  public init(
    words: Words, substract: Words = Words(), threshold: Double = defaultThreshold,
    substractThreshold: Double = defaultThreshold, start: Window.Bound = defaultStart
  ) {
    (self.words, self.substract, self.start) = (words, substract, start)
    (self.threshold, self.substractThreshold) = (threshold, substractThreshold)
  }
}

extension BlendSpec.Words: CustomStringConvertible {
  /// The words as they are written in requests: `cat, hat -> dog`.
  public var description: String {
    func list(_ words: [String]) -> String {
      words.map { $0.contains(",") || $0.contains("->") ? "\"\($0)\"" : $0 }
        .joined(separator: ", ")
    }
    return [list(source), "->", list(edit)].filter { !$0.isEmpty }.joined(separator: " ")
  }
}
