import Files
import Foundation

/// A model as it is named to the worker: a path, and settings behind a question mark, as
/// `sd.safetensors?config=/models/sd15&variant=fp16`.
public struct ModelPlace: Sendable {
  /// The folder or file.
  public var path: String
  /// What follows the question mark.
  private var settings: [(name: String, value: String)] = []

  /// Settings that name a folder or a file.
  private static let paths: Set = ["config", "vae"]

  /// Reads a text; a question mark in the name of a file that exists is part of the name.
  public init(_ text: String) {
    guard let mark = text.lastIndex(of: "?"), !FileManager.default.fileExists(atPath: text) else {
      path = text
      return
    }
    path = String(text[..<mark])
    settings = text[text.index(after: mark)...].split(separator: "&").map { setting in
      let name = setting.prefix { $0 != "=" }
      return (String(name), String(setting.dropFirst(name.count + 1)))
    }
  }

  /// The text that the worker reads; folders and files are absolute.
  public var text: String {
    let parts = settings.map { name, value in
      "\(name)=\(Self.paths.contains(name) ? SystemPath.absolute(value) : value)"
    }
    return parts.isEmpty ? path : "\(path)?\(parts.joined(separator: "&"))"
  }

  /// Takes configs and tokenizer of a single file from `folder`, unless the text names another.
  public mutating func setConfig(_ folder: String) {
    guard config == nil else { return }
    settings.append(("config", folder))
  }

  /// Whether the model is one file.
  public var isFile: Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && !isFolder.boolValue
  }

  private var config: String? { settings.first { $0.name == "config" }?.value }

  /// The variant whose weights are asked for; `nil` for full precision and where none is named.
  public var variant: String? {
    settings.last { $0.name == "variant" }.flatMap { $0.value == "full" ? nil : $0.value }
  }

  /// The folder with configs and tokenizers: the model's own, the one that is named, or the one beside
  /// a file that has its name; `nil` where there is none.
  public var folder: String? {
    guard isFile else { return path }
    let beside = path.hasSuffix(".safetensors") ? String(path.dropLast(12)) : nil
    return config
      ?? beside.flatMap {
        FileManager.default.fileExists(atPath: "\($0)/model_index.json") ? $0 : nil
      }
  }
}
