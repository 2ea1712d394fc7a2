public import Files

/// A prompt with the token span of every word.
///
/// A word is what white space separates. Token 0 is BOS; EOS follows the last word, then padding.
public struct Prompt: Sendable, Hashable {
  /// A word and where its tokens are.
  public struct Word: Sendable, Hashable {
    /// The word as written, with its punctuation.
    public var text: String
    /// Its tokens.
    public var tokens: Range<Int>
    /// The word lower-cased and without the punctuation around it; the whole word where that leaves
    /// nothing.
    public var bare: String
    /// The tokens of `bare`.
    public var bareTokens: Range<Int>
  }

  /// The text, white space normalised.
  public let text: String
  /// The words in order.
  public let words: [Word]
  /// BOS, the words, EOS and padding: as many ids as the window has.
  public let ids: [Int]
  /// Position of EOS; positions from here on belong to no word.
  public let end: Int

  /// Tokens of the window.
  public var length: Int { ids.count }
  /// BOS … EOS without padding.
  public var usedIDs: ArraySlice<Int> { ids[...end] }

  /// No prompt in this many bytes fits any window; refused before it is tokenised.
  private static let limit = 16_384

  /// Tokenises a prompt.
  ///
  /// - Parameter name: what messages call it, e.g. `negative prompt`.
  /// - Throws: `prompt-too-long`, which names the first word that does not fit; `prompt-token` for an
  ///   added token that is no single word.
  public init(
    _ text: String, tokenizer: CLIPTokenizer, name: String = "prompt"
  ) throws(EditError) {
    let parts = text.unicodeScalars.split { $0.properties.isWhitespace }.map { String($0) }
    self.text = parts.joined(separator: " ")
    guard self.text.utf8.count <= Self.limit else {
      throw EditError(
        "prompt-too-long", .data,
        "the \(name) is \(self.text.utf8.count) bytes long; at most \(Self.limit) are read")
    }
    if let token = tokenizer.spacedToken(in: self.text) {
      throw EditError(
        "prompt-token", .data,
        "the \(name) has the model's token \"\(token)\", which has a blank inside: a token belongs to "
          + "one word", hint: "another name for the token in the tokenizer's files")
    }
    var ids = [tokenizer.bosTokenID]
    let capacity = tokenizer.modelMaxLength - 2
    var words: [Word] = []
    var overflow: Int?
    for part in parts {
      let word = Self.word(part, at: ids.count, pieces: tokenizer.pieces(part))
      ids += word.ids
      words.append(word.word)
      if ids.count - 1 > capacity, overflow == nil { overflow = words.count }
    }
    if let overflow {
      throw EditError(
        "prompt-too-long", .data,
        "the \(name) is \(ids.count - 1) tokens long, the text encoder takes \(capacity); "
          + "\"\(words[overflow - 1].text)\" (word \(overflow)) does not fit",
        hint: "a shorter prompt")
    }
    self.words = words
    end = ids.count
    ids.append(tokenizer.eosTokenID)
    let padding = tokenizer.modelMaxLength - ids.count
    self.ids = ids + Array(repeating: tokenizer.padTokenID, count: padding)
  }

  private static func word(
    _ text: String, at start: Int, pieces: [CLIPTokenizer.Piece]
  ) -> (word: Word, ids: [Int]) {
    let ids = pieces.flatMap(\.ids)
    let inside = pieces.indices.filter {
      pieces[$0].scalars.contains(where: TextPieces.isWordScalar)
    }
    let core = (inside.first ?? 0)..<((inside.last ?? pieces.count - 1) + 1)
    let lead = pieces[..<core.lowerBound].reduce(0) { $0 + $1.ids.count }
    let count = pieces[core].reduce(0) { $0 + $1.ids.count }
    let word = Word(
      text: text, tokens: start..<start + ids.count, bare: bareText(text),
      bareTokens: start + lead..<start + lead + count)
    return (word, ids)
  }

  /// A word for comparisons: lower-cased, without the punctuation around it.
  static func bareText(_ word: String) -> String {
    let scalars = TextPieces.normalized(word)
    var view = String.UnicodeScalarView()
    if let first = scalars.firstIndex(where: TextPieces.isWordScalar),
      let last = scalars.lastIndex(where: TextPieces.isWordScalar)
    {
      view.append(contentsOf: scalars[first...last])
    } else {
      view.append(contentsOf: scalars)
    }
    return String(view)
  }
}
