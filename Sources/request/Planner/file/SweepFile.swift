public import Files
import Foundation
import Yams

/// A sweep in YAML (JSON is YAML too): the options of the command line, and `axes`.
///
/// Scalars are read as the text that stands there, never as YAML's own types: `012`, `1:30`, `yes` and
/// `1e3` mean nothing else than in a flag.
public enum SweepFile {
  /// Files up to this many bytes are read.
  private static let limit = 1 << 20
  /// This many errors of one file are told.
  private static let told = 10

  /// Reads a sweep file.
  ///
  /// - Parameters:
  ///   - yaml: the file's text.
  ///   - file: its name for messages.
  /// - Throws: `sweep-file`: the first error as `file:line:column: …`, with its line and a caret, and
  ///   up to nine more in the details.
  public static func request(yaml: String, file: String) throws(EditError) -> SweepRequest {
    guard yaml.utf8.count <= limit else {
      throw EditError(
        "sweep-file", .data, "\(file) is \(yaml.utf8.count) bytes long; at most \(limit) are read")
    }
    let yaml = JSONSurrogates.joined(isJSON(yaml) ? YAMLText.escaped(yaml) : yaml)
    try checkScalars(yaml, file)
    let root: Node
    do {
      guard let node = try Yams.compose(yaml: yaml), !node.isNull else {
        throw EditError("sweep-file", .data, "\(file) is empty")
      }
      root = node
    } catch let error as EditError {
      throw error
    } catch {
      throw syntaxError(error, yaml, file)
    }
    var reader = SweepFileReader(yaml: yaml, file: file)
    reader.read(root)
    guard let first = reader.errors.first else { return reader.request }
    throw joined(first, reader.errors.dropFirst())
  }

  /// Whether a text is JSON, whose strings may hold what YAML's may not.
  private static func isJSON(_ text: String) -> Bool {
    guard text.unicodeScalars.first(where: { !$0.properties.isWhitespace }) == "{" else {
      return false
    }
    return (try? JSONSerialization.jsonObject(with: Data(text.utf8))) != nil
  }

  /// Refuses what YAML takes by its number alone.
  private static func checkScalars(_ yaml: String, _ file: String) throws(EditError) {
    guard let wrong = yaml.unicodeScalars.first(where: { !isLegal($0) }) else { return }
    let lines = SweepFileReader.lines(yaml)
    for (index, line) in lines.enumerated() {
      guard let place = line.unicodeScalars.firstIndex(of: wrong) else { continue }
      let number = String(wrong.value, radix: 16, uppercase: true)
      let column = line.unicodeScalars.distance(from: line.unicodeScalars.startIndex, to: place) + 1
      throw FilePlace(file: file, line: index + 1, column: column, text: line).locate(
        EditError(
          "sweep-file", .data, "U+\(number) cannot stand in YAML as it is",
          hint: "\(YAMLText.escape(wrong)), in a text in double quotes"))
    }
  }

  /// Whether YAML's scanner takes a scalar, be it as text or as the end of a line.
  private static func isLegal(_ scalar: Unicode.Scalar) -> Bool {
    YAMLText.isPlain(scalar) || [0x85, 0x2028, 0x2029, 0xFEFF].contains(scalar.value)
  }

  private static func joined(_ first: EditError, _ others: ArraySlice<EditError>) -> EditError {
    guard !others.isEmpty else { return first }
    // Hints of one among several errors would read as the hint of all.
    func lines(_ error: EditError) -> [String] {
      error.details + (error.hint.map { ["try: \($0)"] } ?? [])
    }
    var details = lines(first)
    for error in others.prefix(told - 1) { details += [error.what] + lines(error) }
    if others.count >= told { details.append("and \(others.count - told + 1) more") }
    return EditError("sweep-file", .data, first.what, details: details)
  }

  /// Where a name stands at the start of a line for the second time.
  private static func secondLine(of name: String, _ lines: [String], from first: Int) -> (
    line: Int, column: Int
  )? {
    let starts = ["\(name):", "\"\(name)\":", "'\(name)':"]
    let found = lines.indices.dropFirst(first - 1).filter { index in
      let line = lines[index].unicodeScalars.drop(while: \.properties.isWhitespace)
      return starts.contains { line.starts(with: $0.unicodeScalars) }
    }
    guard found.count >= 2 else { return nil }
    let indent = lines[found[1]].unicodeScalars.prefix(while: \.properties.isWhitespace)
    return (found[1] + 1, indent.count + 1)
  }

  private static func syntaxError(_ error: any Error, _ yaml: String, _ file: String) -> EditError {
    guard let error = error as? YamlError else {
      return EditError("sweep-file", .data, "\(file): \(error)")
    }
    let lines = SweepFileReader.lines(yaml)
    func located(_ at: (line: Int, column: Int), _ what: String) -> EditError {
      FilePlace(
        file: file, line: at.line, column: at.column,
        text: lines.indices.contains(at.line - 1) ? lines[at.line - 1] : ""
      ).locate(EditError("sweep-file", .data, what))
    }
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return located((mark.line, mark.column), "not YAML: \(problem)")
    case .duplicatedKeysInMapping(let duplicates, let context):
      let names = duplicates.map { "\"\($0)\"" }.joined(separator: ", ")
      let second = duplicates.first.flatMap { secondLine(of: $0, lines, from: context.mark.line) }
      return located(
        second ?? (context.mark.line, context.mark.column), "\(names) stands twice in one place")
    case .reader(let problem, _, _, _):
      return EditError("sweep-file", .data, "\(file): not YAML: \(problem)")
    default: return EditError("sweep-file", .data, "\(file): not YAML")
    }
  }
}
