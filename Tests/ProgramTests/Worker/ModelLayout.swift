import Foundation
import Safetensors

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
    case .file:
      let configs = "\(folder)/my configs"
      try FileManager.default.copyItem(atPath: model, toPath: configs)
      for file in try Self.weights(configs) { try FileManager.default.removeItem(atPath: file) }
      return (try Self.single(model, "\(folder)/single.safetensors"), configs)
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

  private static func split(_ path: String) throws {
    let file = try SafetensorsFile(path: path)
    let stem = String(path.dropLast(12))
    let names = [1, 2].map { "\(stem)-0000\($0)-of-00002.safetensors" }
    var writers = [SafetensorsWriter(), SafetensorsWriter()]
    var places: [String: String] = [:]
    for (number, name) in file.names.enumerated() {
      let entry = try file.entry(name)
      writers[number % 2].add(
        name, entry.type, shape: entry.shape, bytes: try file.withBytes(name) { Array($0) })
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
