import Files
import Foundation

/// The files of a tokenizer folder as published: `vocab.json` and `merges.txt`, else `tokenizer.json`,
/// and what belongs to them.
struct TokenizerFiles {
  var vocabulary: ByteTable
  var merges: BytePairMerges
  var settings: TokenizerSettings
  /// Tokens beside the vocabulary, each once.
  private(set) var added: [AddedToken] = []
  /// The file that the vocabulary is from.
  let vocabularyPath: String

  init(folder: String) throws(EditError) {
    settings = try TokenizerSettings(folder: folder)
    let (vocabulary, merges) = ("\(folder)/vocab.json", "\(folder)/merges.txt")
    let path = "\(folder)/tokenizer.json"
    let isThere = FileManager.default.fileExists(atPath:)
    let isSplit = isThere(vocabulary) && isThere(merges)
    var document: TokenizerDocument?
    if isThere(path) { document = try Self.document(path, wantsModel: !isSplit) }
    if !isSplit, let model = try document?.model(path) {
      (self.vocabulary, self.merges, vocabularyPath) = (model.vocabulary, model.merges, path)
    } else {
      vocabularyPath = vocabulary
      let bytes = try Self.read(vocabulary)
      self.vocabulary = try Self.parse(vocabulary, bytes) { scanner throws(JSONScanner.Fault) in
        try ByteTable(vocabulary: &scanner, bytes: bytes.count)
      }
      guard let table = BytePairMerges(try Self.read(merges)) else {
        throw Self.damaged(merges, "a line is not two symbols with a blank between")
      }
      self.merges = table
    }
    try gather(
      folder,
      (document?.added ?? []).map { token in
        var token = token
        token.file = path
        return token
      })
  }

  /// The added tokens of all files: an id that the settings say goes before one of
  /// `added_tokens.json`, which is not looked at where they say any, and that before `tokenizer.json`.
  private mutating func gather(_ folder: String, _ documents: [AddedToken]) throws(EditError) {
    let listed: [AddedToken] =
      if let decoder = settings.added { decoder } else { try listed(folder) }
    var known: Set<String> = []
    for token in listed + documents where known.insert(token.content).inserted {
      added.append(token)
    }
    // Special tokens that nobody gives an id get the next ones, as the published loader does.
    var next = 1 + (added.map(\.id) + [largestID]).reduce(0, max)
    for var token in settings.furtherTokens where known.insert(token.content).inserted {
      let id = vocabulary.value(Array(token.content.utf8)).map { Int($0) }
      token.id = id ?? next
      added.append(token)
      if id == nil { next += 1 }
    }
  }

  private func listed(_ folder: String) throws(EditError) -> [AddedToken] {
    let path = "\(folder)/added_tokens.json"
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    var tokens: [AddedToken] = []
    try Self.parse(path, try Self.read(path)) { scanner throws(JSONScanner.Fault) in
      try scanner.object { scanner throws(JSONScanner.Fault) in
        guard let content = String(validating: scanner.text, as: UTF8.self) else {
          throw scanner.fault("a string is not UTF-8")
        }
        guard let id = try scanner.integer() else { return }
        tokens.append(AddedToken(content: content, id: Int(id), file: path))
      }
    }
    return tokens
  }

  /// The largest id of the vocabulary.
  private var largestID: Int {
    (0..<vocabulary.count).reduce(0) { max($0, Int(vocabulary.entry($1).value)) }
  }

  // MARK: reading

  private static func document(
    _ path: String, wantsModel: Bool
  ) throws(EditError) -> TokenizerDocument {
    let bytes = try read(path)
    do {
      return try TokenizerDocument(bytes, wantsModel: wantsModel)
    } catch {
      throw damaged(path, error)
    }
  }

  private static func parse<Value>(
    _ path: String, _ bytes: [UInt8],
    _ body: (inout JSONScanner) throws(JSONScanner.Fault) -> Value
  ) throws(EditError) -> Value {
    do {
      return try JSONScanner.read(bytes, body)
    } catch {
      throw damaged(path, error)
    }
  }

  /// More than any tokenizer's file takes.
  private static let longest = 32 << 20

  /// The bytes of a file of a tokenizer.
  static func read(_ path: String) throws(EditError) -> [UInt8] {
    guard FileManager.default.fileExists(atPath: path) else {
      throw EditError(
        "tokenizer-missing", .missing, "no tokenizer: \(path) is missing",
        details: ["a tokenizer is vocab.json and merges.txt, or tokenizer.json"])
    }
    let facts = try? FileManager.default.attributesOfItem(
      atPath: URL(filePath: path).resolvingSymlinksInPath().path)
    guard facts?[.type] as? FileAttributeType == .typeRegular,
      let size = facts?[.size] as? Int, size <= longest
    else {
      throw damaged(path, "it is no file of at most \(longest) bytes")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw EditError("tokenizer-unreadable", .notAllowed, "cannot read \(path)")
    }
    return Array(data)
  }

  /// A file that is not what belongs there.
  static func damaged(_ path: String, _ what: String) -> EditError {
    EditError("tokenizer-damaged", .data, "\(path) is damaged: \(what)")
  }

  private static func damaged(_ path: String, _ fault: JSONScanner.Fault) -> EditError {
    damaged(path, "\(fault.what) at byte \(fault.offset)")
  }
}

extension TokenizerDocument {
  /// The vocabulary and the merges of the file at `path`; throws where it is no tokenizer of CLIP.
  fileprivate func model(
    _ path: String
  ) throws(EditError) -> (vocabulary: ByteTable, merges: BytePairMerges) {
    if let foreign = foreignPart {
      throw EditError(
        "tokenizer-unsupported", .data,
        "\(path) is not CLIP's tokenizer: \(foreign.name) is \(foreign.is)",
        hint: "a folder with CLIP's vocab.json and merges.txt")
    }
    guard let vocabulary, let merges else {
      throw TokenizerFiles.damaged(path, "vocab or merges is missing")
    }
    return (vocabulary, merges)
  }
}
