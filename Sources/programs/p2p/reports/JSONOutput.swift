import Files
import Foundation

/// Machine-readable output: one JSON document a call, keys sorted, on one line.
enum JSONOutput {
  /// Prints a value.
  static func print(_ value: some Encodable) throws {
    try StandardStream.output.write(try text(value) + "\n")
  }

  /// A value as JSON; what a terminal would act on is written as `\u` escapes, which mean the same.
  static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self).displayedJSON
  }
}
