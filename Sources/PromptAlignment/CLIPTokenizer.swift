public import EditJobs

/// CLIP's tokenizer as published: composed and lower-cased text, cut by a pattern, then byte pairs.
///
/// Special tokens that stand in a text literally (`<|endoftext|>`, and `!` where that is the pad
/// token) become their ids, as in the published code.
public struct CLIPTokenizer: Sendable {
  /// Tokens of the text encoder's window, BOS and EOS included.
  public let modelMaxLength: Int
  /// Id of the token before every prompt.
  public let bosTokenID: Int
  /// Id of the token after every prompt.
  public let eosTokenID: Int
  /// Id that fills the window; differs from tokenizer to tokenizer.
  public let padTokenID: Int
  /// Id of what is not in the vocabulary.
  public let unknownTokenID: Int

  private let files: TokenizerFiles
  private let entryOfID: [Int32]
  private let specials: [(text: [UnicodeScalar], id: Int)]

  /// Reads `vocab.json`, `merges.txt`, `tokenizer_config.json` and `special_tokens_map.json`.
  ///
  /// - Parameters:
  ///   - folder: the tokenizer's folder.
  ///   - textLength: the window of the text encoder; the tokenizer's own limit counts if smaller.
  /// - Throws: `tokenizer-missing`, `tokenizer-unreadable`, `tokenizer-damaged`.
  public init(folder: String, textLength: Int? = nil) throws(EditError) {
    files = try TokenizerFiles(folder: folder)
    modelMaxLength = min(textLength ?? .max, files.maximumLength ?? textLength ?? 77)
    let vocabulary = files.vocabulary
    var ids: [Int] = []
    let special = files.special
    for token in [special.bos, special.eos, special.pad, special.unknown] {
      guard let id = vocabulary.value(Array(token.utf8)) else {
        throw EditError(
          "tokenizer-damaged", .data,
          "the special token \(token) is not in \(folder)/vocab.json")
      }
      ids.append(Int(id))
    }
    (bosTokenID, eosTokenID, padTokenID, unknownTokenID) = (ids[0], ids[1], ids[2], ids[3])
    let texts = Set([special.bos, special.eos, special.pad, special.unknown])
    specials = texts.filter { !$0.isEmpty }.sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
      .map { (Array($0.unicodeScalars), Int(vocabulary.value(Array($0.utf8)) ?? 0)) }
    var entries: [Int32] = []
    for entry in 0..<vocabulary.count {
      let id = Int(vocabulary.entry(entry).value)
      // Ids are dense in every published vocabulary; a hole larger than the file is damage.
      guard id < vocabulary.count * 2 + 1024 else {
        throw EditError("tokenizer-damaged", .data, "\(folder)/vocab.json has the id \(id)")
      }
      while entries.count <= id { entries.append(-1) }
      entries[id] = Int32(entry)
    }
    entryOfID = entries
  }

  /// The ids of a text without BOS, EOS and padding, however many.
  public func encode(_ text: String) -> [Int] { pieces(text).flatMap(\.ids) }

  /// A token's text for people: its bytes as UTF-8, `<bos>`, `<eos>`, `<pad>`.
  public func text(of id: Int) -> String {
    if id == bosTokenID { return "<bos>" }
    if id == eosTokenID { return "<eos>" }
    if id == padTokenID { return "<pad>" }
    guard entryOfID.indices.contains(id), entryOfID[id] >= 0 else { return "<\(id)>" }
    var text = String(
      decoding: files.vocabulary.entry(Int(entryOfID[id])).key, as: UTF8.self)
    if text.hasSuffix("</w>") { text.removeLast(4) }
    return ByteAlphabet.bytes(text).map { String(decoding: $0, as: UTF8.self) } ?? text
  }

  /// A piece of a text and its tokens.
  struct Piece {
    /// Normalised scalars.
    var scalars: ArraySlice<UnicodeScalar>
    /// Its token ids.
    var ids: [Int]
  }

  /// The pieces of a text with their tokens.
  func pieces(_ text: String) -> [Piece] {
    var result: [Piece] = []
    var rest = Array(text.unicodeScalars)[...]
    var plain: [UnicodeScalar] = []
    func flush() {
      var view = String.UnicodeScalarView()
      view.append(contentsOf: plain)
      for piece in TextPieces.cut(TextPieces.normalized(String(view))) {
        result.append(Piece(scalars: piece, ids: ids(of: piece)))
      }
      plain.removeAll()
    }
    while let first = rest.first {
      if let special = specials.first(where: { rest.starts(with: $0.text) }) {
        flush()
        result.append(Piece(scalars: special.text[...], ids: [special.id]))
        rest = rest.dropFirst(special.text.count)
      } else {
        plain.append(first)
        rest = rest.dropFirst()
      }
    }
    flush()
    return result
  }

  private func ids(of piece: ArraySlice<UnicodeScalar>) -> [Int] {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: piece)
    var symbols = String(view).utf8.map { ByteAlphabet.encoded[Int($0)][...] }
    guard let last = symbols.indices.last else { return [] }
    symbols[last] += Array("</w>".utf8)
    return files.merges.joined(symbols).map {
      files.vocabulary.value($0).map { Int($0) } ?? unknownTokenID
    }
  }
}
