public import EditJobs
public import Files

/// Which token of the edit takes its map from where: what `p2p tokens` shows.
public struct AlignmentTable: Sendable, Hashable, Codable {
  /// A token: its position and its text.
  public struct Token: Sendable, Hashable, Codable {
    /// Position in the window.
    public var index: Int
    /// Id in the vocabulary.
    public var id: Int
    /// Its text, or `<bos>`, `<eos>`.
    public var text: String
  }

  /// A token of the source beside a token of the edit.
  public struct Row: Sendable, Hashable, Codable {
    /// The source's token; `nil` beside an inserted one.
    public var source: Token?
    /// The edit's token; `nil` beside a dropped one, and where there is no edit.
    public var edit: Token?
    /// Where the edit token's map comes from: `source 3`, `own`, `own (inserted)`; empty where there
    /// is no edit token.
    public var origin: String
  }

  /// How tokens were aligned; `nil` where there is no edit.
  public var method: EditMethod?
  /// Words of the source prompt.
  public var sourceWords: Int
  /// Words of the edit prompt.
  public var editWords: Int?
  /// BOS … EOS; padding is left out.
  public var rows: [Row]

  /// The tokens of one prompt.
  public init(_ prompt: Prompt, tokenizer: CLIPTokenizer) {
    (method, sourceWords, editWords) = (nil, prompt.words.count, nil)
    rows = (0...prompt.end).map {
      Row(source: Self.token($0, prompt, tokenizer), edit: nil, origin: "")
    }
  }

  /// The alignment of an edit prompt with a source prompt.
  ///
  /// - Throws: `replace-word-counts`, `none-prompts`.
  public init(
    source: Prompt, edit: Prompt, method: EditMethod, tokenizer: CLIPTokenizer
  ) throws(EditError) {
    let isSwap = method == .replace || (method == .auto && source.words.count == edit.words.count)
    let pairs: [(source: Int?, edit: Int?)]
    let origin: (Int) -> String
    if method == .none, source.text != edit.text {
      throw EditError("none-prompts", .data, "method none needs equal prompts")
    } else if method == .none {
      pairs = (0...edit.end).map { ($0, $0) }
      origin = { "source \($0)" }
    } else if isSwap {
      let columns = try ReplaceAlignment.columns(source: source, edit: edit)
      pairs = Self.wordPairs(source, edit)
      origin = { Self.text(columns[$0]) }
    } else {
      let sources = RefineAlignment.sources(source: source, edit: edit)
      pairs = Self.alignedPairs(sources, source, edit)
      origin = { sources[$0].map { "source \($0)" } ?? "own" }
    }
    self.method = method == EditMethod.none ? EditMethod.none : isSwap ? .replace : .refine
    (sourceWords, editWords) = (source.words.count, edit.words.count)
    rows = pairs.map { pair in
      var text = pair.edit.map(origin) ?? ""
      if pair.source == nil, text == "own" { text = "own (inserted)" }
      return Row(
        source: pair.source.map { Self.token($0, source, tokenizer) },
        edit: pair.edit.map { Self.token($0, edit, tokenizer) }, origin: text)
    }
  }

  private static func token(_ index: Int, _ prompt: Prompt, _ tokenizer: CLIPTokenizer) -> Token {
    let id = prompt.ids[index]
    // BOS and EOS may share their id with a token of the text.
    let text = index == 0 ? "<bos>" : index == prompt.end ? "<eos>" : tokenizer.text(of: id)
    return Token(index: index, id: id, text: text)
  }

  private static func text(_ column: [TokenMapper.Share]) -> String {
    if column.count == 1, column[0].share == 1 { return "source \(column[0].token)" }
    let tokens = column.map { String($0.token) }.joined(separator: " + ")
    let share = column.first?.share ?? 0
    return share == 1
      ? "source \(tokens)" : "source \(tokens), 1/\(Int((1 / share).rounded())) each"
  }

  /// Word beside word, token beside token.
  private static func wordPairs(_ source: Prompt, _ edit: Prompt) -> [(Int?, Int?)] {
    var pairs: [(Int?, Int?)] = [(0, 0)]
    for (from, to) in zip(source.words, edit.words) {
      pairs += zipped(Array(from.tokens), Array(to.tokens))
    }
    return pairs + [(source.end, edit.end)]
  }

  /// Aligned tokens beside each other, and what lies between them token beside token.
  private static func alignedPairs(
    _ sources: [Int?], _ source: Prompt, _ edit: Prompt
  ) -> [(Int?, Int?)] {
    var pairs: [(Int?, Int?)] = []
    var from = 0
    var waiting: [Int] = []
    for n in 0...edit.end {
      if let aligned = sources[n] {
        pairs += zipped(Array(from..<aligned), waiting) + [(aligned, n)]
        (from, waiting) = (aligned + 1, [])
      } else {
        waiting.append(n)
      }
    }
    return pairs
  }

  private static func zipped(_ left: [Int], _ right: [Int]) -> [(Int?, Int?)] {
    (0..<max(left.count, right.count)).map {
      ($0 < left.count ? left[$0] : nil, $0 < right.count ? right[$0] : nil)
    }
  }
}
