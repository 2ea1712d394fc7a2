import Foundation

/// A model folder for a test, changed as the test wants; it goes away with the last reference.
final class ModelFolder {
  let path: String

  /// A copy of a model among the fixtures, or an empty folder.
  init(copying name: String?) throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "model-\(UUID().uuidString)")
    path = folder.path
    if let name {
      try FileManager.default.copyItem(atPath: fixture("models/\(name)"), toPath: path)
    } else {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, and the folders above it.
  func write(_ name: String, _ bytes: some Collection<UInt8>) throws {
    let url = URL(filePath: "\(path)/\(name)")
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }

  /// Sets one field of a JSON file.
  func set(_ field: String, to value: Any, in name: String) throws {
    let url = URL(filePath: "\(path)/\(name)")
    var object =
      try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any] ?? [:]
    object[field] = value
    try JSONSerialization.data(withJSONObject: object).write(to: url)
  }

  func move(_ name: String, to other: String) throws {
    try FileManager.default.moveItem(atPath: "\(path)/\(name)", toPath: "\(path)/\(other)")
  }

  func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: "\(path)/\(name)")
  }
}
