import FoundationEssentials

/// Looks for CLIP's tokenizer in the hub's cache: it cannot be in a single-file checkpoint.
struct CachedTokenizers {
  /// Tokens of CLIP's vocabulary.
  private static let vocabularySize = 49408

  /// The hub's cache folder.
  let cache: String

  init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    let home = environment["HOME"] ?? ""
    let base = environment["HF_HOME"] ?? environment["XDG_CACHE_HOME"].map { "\($0)/huggingface" }
    cache =
      environment["HF_HUB_CACHE"] ?? environment["HUGGINGFACE_HUB_CACHE"]
      ?? "\(base ?? "\(home)/.cache/huggingface")/hub"
  }

  /// A tokenizer folder for each padding; throws `ModelError` where one is not found.
  func folders(_ paddings: [String], for file: String) throws -> [String] {
    let found = candidates()
    return try paddings.map { padding in
      guard let folder = found.first(where: { Self.pads($0, with: padding) && Self.isCLIP($0) })
      else {
        throw ModelError(
          .missing, file: file,
          what: "the file has no tokenizer, and none that pads with \(padding) is in \(cache)",
          hint: "config=FOLDER, a diffusers folder of the family with its configs and tokenizer")
      }
      return folder
    }
  }

  /// Every path that the choice rests on: the folders that are listed, and the files of each tokenizer
  /// that may lie there.
  var inputs: [String] {
    [cache] + lists
      + places.flatMap { folder in ModelDescription.tokenizerFiles.map { "\(folder)/\($0)" } }
  }

  /// Every tokenizer folder of every snapshot, sorted.
  private func candidates() -> [String] {
    places.filter { folder in
      ["vocab.json", "tokenizer.json"].contains {
        FileManager.default.fileExists(atPath: "\(folder)/\($0)")
      }
    }
  }

  /// The folders of the models' snapshots, sorted.
  private var lists: [String] {
    Self.children(cache).filter { $0.contains("/models--") }.map { "\($0)/snapshots" }
  }

  /// Where tokenizers may be, sorted.
  private var places: [String] {
    lists.flatMap(Self.children).flatMap { ["\($0)/tokenizer", "\($0)/tokenizer_2"] }
  }

  private static func children(_ path: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted().map {
      "\(path)/\($0)"
    }
  }

  private static func isCLIP(_ folder: String) -> Bool {
    struct Document: Decodable {
      struct Model: Decodable { var vocab: [String: Double] }
      var model: Model
    }
    let isSplit = ["vocab.json", "merges.txt"].allSatisfy {
      FileManager.default.fileExists(atPath: "\(folder)/\($0)")
    }
    let ids =
      isSplit
      ? try? ConfigFile.decode([String: Double].self, from: "\(folder)/vocab.json")
      : try? ConfigFile.decode(Document.self, from: "\(folder)/tokenizer.json").model.vocab
    return ids?.values.max() == Double(vocabularySize - 1)
  }

  /// Whether a folder's settings name this padding; CLIP's own is the end of the text.
  private static func pads(_ folder: String, with padding: String) -> Bool {
    var found = "<|endoftext|>"
    for name in ["tokenizer_config.json", "special_tokens_map.json"] {
      guard let file = try? ConfigFile("\(folder)/\(name)") else { continue }
      struct Token: Decodable { var content: String }
      if let text = try? file.optional("pad_token", as: String.self) {
        found = text
      } else if let token = try? file.optional("pad_token", as: Token.self) {
        found = token.content
      }
    }
    return found == padding
  }
}
