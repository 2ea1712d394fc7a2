import FoundationEssentials

extension ModelDescription {
  /// The files of a tokenizer's folder that are read where they are there.
  static let tokenizerFiles = [
    "vocab.json", "merges.txt", "tokenizer.json", "added_tokens.json", "special_tokens_map.json",
    "tokenizer_config.json",
  ]

  /// What decides the model's numbers and is no file, by role.
  public var settings: [(role: String, value: String)] {
    parts.settings + (location.prediction.map { [("prediction", $0.rawValue)] } ?? [])
  }

  /// Every file that decides the model's numbers, by role; the roles are unique.
  public var loadedFiles: [(role: String, path: String)] {
    var files = configFiles
    for (tokenizer, folder) in zip(index.tokenizers, tokenizerFolders) {
      for name in Self.tokenizerFiles {
        let path = "\(folder)/\(name)"
        guard FileManager.default.fileExists(atPath: path) else { continue }
        files.append(("\(tokenizer).\(name)", path))
      }
    }
    return files + parts.weightFiles
  }

  /// Every path that decided which files are loaded, sorted: these files, and what was looked for and
  /// is not there, such as the weights of another variant.
  ///
  /// While nothing of it changes, the description and `loadedFiles` stay what they are.
  public var inputs: [String] {
    let tokenizers = tokenizerFolders.flatMap { folder in
      Self.tokenizerFiles.map { "\(folder)/\($0)" }
    }
    return Set(configFiles.map(\.path) + tokenizers + parts.inputs).sorted()
  }

  /// The hub's cache where a tokenizer was looked for; `nil` where the model has its own.
  public var tokenizerCache: String? { parts.tokenizerCache }

  private var configFiles: [(role: String, path: String)] {
    let configs =
      [
        ("model_index", "model_index.json"),
        ("scheduler.config", "scheduler/scheduler_config.json"),
        ("unet.config", "unet/config.json"),
        ("vae.config", "vae/config.json"),
      ] + index.textEncoders.map { ("\($0).config", "\($0)/config.json") }
    return configs.compactMap { role, name in
      parts.configPath(name).map { (role: role, path: $0) }
    }
  }
}
