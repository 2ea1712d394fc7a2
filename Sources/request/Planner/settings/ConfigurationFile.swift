import Files
import Foundation
import PromptAlignment
import Yams

/// One `config.yaml`: settings with the places where they stand.
struct ConfigurationFile: Sendable {
  private(set) var values: [Configuration.Setting: Configuration.Value] = [:]

  /// Reads a file; `nil` where there is none.
  init?(path: String) throws(EditError) {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    guard data.count <= 1 << 20 else {
      throw EditError("configuration", .configuration, "\(path) is \(data.count) bytes long")
    }
    let text = try UserText.decoded(data, file: path, status: .configuration)
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch {
      throw EditError("configuration", .configuration, "\(path): not YAML: \(error)")
    }
    if let root, !root.isNull { try read(root, under: "", path) }
  }

  private mutating func read(_ node: Node, under prefix: String, _ path: String) throws(EditError) {
    guard let mapping = node.mapping else {
      let holder = prefix.isEmpty ? "the file" : String(prefix.dropLast())
      throw Self.wrong(node, path, "\(holder) holds `name: value` lines")
    }
    for (key, value) in mapping {
      let name = prefix + (key.scalar?.string ?? "")
      if value.isNull, Self.names.contains(where: { $0 == name || $0.hasPrefix(name + ".") }) {
        continue
      }
      if let setting = Configuration.Setting(rawValue: name) {
        values[setting] = Configuration.Value(
          text: try text(of: value, name, path), origin: Self.place(value, path))
      } else if Self.names.contains(where: { $0.hasPrefix(name + ".") }) {
        try read(value, under: name + ".", path)
      } else {
        let near = NearestName.of(name, among: Self.names).map { ". Did you mean \($0)?" } ?? ""
        throw Self.wrong(
          key, path, "unknown setting \"\(name)\"\(near)",
          details: near.isEmpty ? ["known: \(Self.names.joined(separator: ", "))"] : [])
      }
    }
  }

  /// A scalar's text as it stands there, or a list's texts joined by `:`.
  private func text(of node: Node, _ name: String, _ path: String) throws(EditError) -> String {
    if let scalar = node.scalar { return scalar.string }
    let items = node.sequence.map { $0.compactMap { $0.isNull ? nil : $0.scalar?.string } }
    guard let items, items.count == node.sequence?.count, name == "models" else {
      throw Self.wrong(node, path, "\(name) takes one value")
    }
    return items.joined(separator: ":")
  }

  private static let names = Configuration.Setting.allCases.map(\.rawValue)

  private static func place(_ node: Node, _ path: String) -> String {
    node.mark.map { "\(path):\($0.line):\($0.column)" } ?? path
  }

  private static func wrong(
    _ node: Node, _ path: String, _ what: String, details: [String] = []
  ) -> EditError {
    EditError("configuration", .configuration, "\(place(node, path)): \(what)", details: details)
  }
}
