public import Files

/// CLIP's tokenizer as published: composed and lower-cased text, cut by a pattern, then byte pairs.
///
/// Special tokens that stand in a text literally (`<|endoftext|>`, and `!` where that is the pad
/// token) become their ids, as in the published code, and so do added tokens.
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

  /// The window of every published CLIP, where neither the model nor its tokenizer says one.
  private static let publishedWindow = 77

  private let files: TokenizerFiles
  private let entryOfID: [Int32]
  private let added: AddedTokens

  /// Reads `vocab.json` and `merges.txt`, else `tokenizer.json`; `tokenizer_config.json`,
  /// `special_tokens_map.json` and `added_tokens.json`.
  ///
  /// - Parameters:
  ///   - folder: the tokenizer's folder.
  ///   - textLength: the window of the text encoder; the tokenizer's own limit counts if smaller.
  /// - Throws: `tokenizer-missing`, `tokenizer-unreadable`, `tokenizer-damaged`,
  ///   `tokenizer-unsupported`.
  public init(folder: String, textLength: Int? = nil) throws(EditError) {
    files = try TokenizerFiles(folder: folder)
    let settings = files.settings
    modelMaxLength = min(
      textLength ?? .max, settings.maximumLength ?? textLength ?? Self.publishedWindow)
    var ids: [String: Int] = [:]
    for token in files.added { ids[token.content] = token.id }
    let special = settings.special
    for token in special.all.sorted() where ids[token] == nil {
      guard let id = files.vocabulary.value(Array(token.utf8)) else {
        throw EditError(
          "tokenizer-damaged", .data,
          "the special token \(token) is not in \(files.vocabularyPath)")
      }
      ids[token] = Int(id)
    }
    bosTokenID = ids[special.bos] ?? 0
    eosTokenID = ids[special.eos] ?? 0
    padTokenID = ids[special.pad] ?? 0
    unknownTokenID = ids[special.unknown] ?? 0
    // The four are looked for as they are, whatever a file says of them.
    let four = special.all
    added = AddedTokens(
      files.added.filter { !four.contains($0.content) }
        + four.sorted().map { AddedToken(content: $0, id: ids[$0] ?? 0, isNormalized: false) })
    entryOfID = try Self.entries(files)
  }

  /// The entry of the vocabulary by id; −1 where there is none.
  private static func entries(_ files: TokenizerFiles) throws(EditError) -> [Int32] {
    let vocabulary = files.vocabulary
    var entries: [Int32] = []
    for entry in 0..<vocabulary.count {
      let id = Int(vocabulary.entry(entry).value)
      // Ids are dense in every published vocabulary; a hole larger than the file is damage.
      guard id < vocabulary.count * 2 + 1024 else {
        throw EditError("tokenizer-damaged", .data, "\(files.vocabularyPath) has the id \(id)")
      }
      while entries.count <= id { entries.append(-1) }
      entries[id] = Int32(entry)
    }
    return entries
  }

  /// Refuses a tokenizer with a token that a text encoder of so many `rows` has no vector for; throws
  /// `tokenizer-misfit`.
  public func check(rows: Int) throws(EditError) {
    let largest = added.all.max { $0.id < $1.id }
    let id = max(largest?.id ?? 0, entryOfID.count - 1)
    guard id >= rows else { return }
    let added = largest.flatMap { $0.id == id ? $0 : nil }
    let file = added.flatMap { $0.file.isEmpty ? nil : $0.file } ?? files.vocabularyPath
    throw EditError(
      "tokenizer-misfit", .data,
      "\(file): token \(id)\(added.map { " (\($0.content))" } ?? ""), and the text encoder knows "
        + "\(rows) tokens",
      hint: "the tokenizer's files that belong to the text encoder")
  }

  /// The ids of a text without BOS, EOS and padding, however many.
  public func encode(_ text: String) -> [Int] { pieces(text).flatMap(\.ids) }

  /// A token's text for people: its bytes as UTF-8, `<bos>`, `<eos>`, `<pad>`.
  public func text(of id: Int) -> String {
    if id == bosTokenID { return "<bos>" }
    if id == eosTokenID { return "<eos>" }
    if id == padTokenID { return "<pad>" }
    if let text = added.text(of: id) { return text }
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
    added.parts(text).flatMap { part -> [Piece] in
      switch part {
      case .token(let token, let scalars): [Piece(scalars: scalars, ids: [token.id])]
      case .plain(let scalars):
        TextPieces.cut(Array(scalars)).map { Piece(scalars: $0, ids: ids(of: $0)) }
      }
    }
  }

  /// An added token that stands in a text and has white space inside, so that no word is it; `nil` where
  /// none does.
  func spacedToken(in text: String) -> String? { added.spacedToken(in: text)?.content }

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
