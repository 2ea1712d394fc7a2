import Foundation

/// Machine-readable output: one JSON document, keys sorted.
enum JSONOutput {
  /// Prints a value on one line.
  static func print(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    Swift.print(String(decoding: try encoder.encode(value), as: UTF8.self))
  }
}
