import Foundation
import Safetensors
import Testing

/// A model of the fixtures written down in another way: the same weights, so the same pictures.
enum ModelLayout: String, CaseIterable, Sendable {
  /// Every component in two shards with an index.
  case shards
  /// Every weight file called as a half-precision variant.
  case half
  /// One file, its configs in a folder elsewhere.
  case file
  /// One file, its configs in the folder of its name beside it.
  case fileBesideFolder
  /// One file without an autoencoder, which is in another file, and its configs in a folder elsewhere.
  case fileAndVAE
  /// Every tokenizer in one file.
  case tokenizerDocument

  /// Writes the model into `folder`; what it is called, and what else is said of it.
  func write(_ model: String, into folder: String) throws -> (name: String, config: String?) {
    let copy = "\(folder)/model"
    switch self {
    case .shards, .half:
      try FileManager.default.copyItem(atPath: model, toPath: copy)
      for file in try Self.weights(copy) {
        if self == .half {
          try FileManager.default.moveItem(
            atPath: file, toPath: file.dropLast(12) + ".fp16.safetensors")
        } else {
          try Self.split(file)
        }
      }
      return (copy, nil)
    case .file, .fileAndVAE:
      let configs = "\(folder)/my configs"
      try FileManager.default.copyItem(atPath: model, toPath: configs)
      for file in try Self.weights(configs) { try FileManager.default.removeItem(atPath: file) }
      let name = try Self.single(model, "\(folder)/single.safetensors")
      guard self == .fileAndVAE else { return (name, configs) }
      let vae = "\(folder)/my vae.safetensors"
      try Self.keep(in: name) { !$0.hasPrefix("first_stage_model.") }
      try FileManager.default.copyItem(
        atPath: "\(model)/vae/diffusion_pytorch_model.safetensors", toPath: vae)
      return ("\(name)?vae=\(vae)", configs)
    case .tokenizerDocument:
      try FileManager.default.copyItem(atPath: model, toPath: copy)
      for name in ["tokenizer", "tokenizer_2"]
      where FileManager.default.fileExists(atPath: "\(copy)/\(name)") {
        try Self.joinTokenizer("\(copy)/\(name)")
      }
      return (copy, nil)
    case .fileBesideFolder:
      try FileManager.default.copyItem(atPath: model, toPath: copy)
      return (try Self.single(model, "\(copy).safetensors"), nil)
    }
  }

  private static func weights(_ folder: String) throws -> [String] {
    (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? [])
      .filter { $0.hasSuffix(".safetensors") }.sorted().map { "\(folder)/\($0)" }
  }

  private static func single(_ model: String, _ path: String) throws -> String {
    try Data(OriginalWriter.bytes(of: model)).write(to: URL(filePath: path))
    return path
  }

  /// Leaves the tensors of some names in a file.
  private static func keep(in path: String, _ keeps: (String) -> Bool) throws {
    let file = try SafetensorsFile(path: path)
    var writer = SafetensorsWriter()
    for name in file.names where keeps(name) {
      let entry = try file.entry(name)
      writer.add(
        name, try #require(entry.type), shape: entry.shape,
        bytes: try file.withBytes(name) { Array($0) })
    }
    try Data(writer.bytes()).write(to: URL(filePath: path))
  }

  /// Vocabulary and merges of a folder as one file, as transformers 5 writes it.
  private static func joinTokenizer(_ folder: String) throws {
    let vocabulary = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(filePath: "\(folder)/vocab.json")))
    let merges = try String(contentsOfFile: "\(folder)/merges.txt", encoding: .utf8)
      .split(separator: "\n").filter { !$0.hasPrefix("#version") }
      .map { $0.split(separator: " ").map(String.init) }
    let document: [String: Any] = [
      "version": "1.0", "truncation": NSNull(), "added_tokens": [],
      "normalizer": [
        "type": "Sequence",
        "normalizers": [["type": "NFC"], ["type": "Replace"], ["type": "Lowercase"]],
      ],
      "pre_tokenizer": [
        "type": "Sequence", "pretokenizers": [["type": "Split"], ["type": "ByteLevel"]],
      ],
      "model": [
        "type": "BPE", "end_of_word_suffix": "</w>", "vocab": vocabulary, "merges": merges,
      ],
    ]
    try JSONSerialization.data(withJSONObject: document)
      .write(to: URL(filePath: "\(folder)/tokenizer.json"))
    for name in ["vocab.json", "merges.txt"] {
      try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
  }

  private static func split(_ path: String) throws {
    let file = try SafetensorsFile(path: path)
    let stem = String(path.dropLast(12))
    let names = [1, 2].map { "\(stem)-0000\($0)-of-00002.safetensors" }
    var writers = [SafetensorsWriter(), SafetensorsWriter()]
    var places: [String: String] = [:]
    for (number, name) in file.names.enumerated() {
      let entry = try file.entry(name)
      writers[number % 2].add(
        name, try #require(entry.type), shape: entry.shape,
        bytes: try file.withBytes(name) { Array($0) })
      places[name] = URL(filePath: names[number % 2]).lastPathComponent
    }
    try FileManager.default.removeItem(atPath: path)
    for (name, writer) in zip(names, writers) {
      try Data(writer.bytes()).write(to: URL(filePath: name))
    }
    try JSONSerialization.data(withJSONObject: ["weight_map": places])
      .write(to: URL(filePath: "\(path).index.json"))
  }
}
