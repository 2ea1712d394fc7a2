import Files
import Foundation

/// Standard output: what a verb was asked for. A write that fails ends the verb with an error.
enum Output {
  /// Prints a line; what a terminal would act on is escaped.
  static func line(_ text: String) throws(EditError) {
    try StandardStream.output.write(text.displayed + "\n")
  }

  /// Prints a line with parts in colour.
  static func line(_ parts: [Painted]) throws(EditError) {
    try StandardStream.output.write(parts.map(\.displayed).joined() + "\n")
  }

  /// Prints lines in one go.
  static func lines(_ lines: [String]) throws(EditError) {
    try StandardStream.output.write(lines.map { $0.displayed + "\n" }.joined())
  }

  /// Says which files were written: on standard output, or beside it where one of them is that.
  static func answer(
    _ value: some Encodable, or lines: [String], json: Bool, about files: [String]
  ) throws {
    let text =
      json
      ? try JSONOutput.text(value) + "\n" : lines.map { $0.displayed + "\n" }.joined()
    for file in files where try UserFile.place(file).isStandardOutput {
      return StandardStream.say(text)
    }
    try StandardStream.output.write(text)
  }

  /// Prints a text for programs as it is; on a terminal without what it would act on.
  static func document(_ text: String) throws(EditError) {
    try StandardStream.output.write(
      Terminal.isInteractive(STDOUT_FILENO) ? text.displayedLines : text)
  }
}

/// A part of a line, in a colour where colours are shown.
struct Painted: ExpressibleByStringInterpolation {
  private let text: String
  private let colour: Terminal.Colour?

  init(_ text: String, _ colour: Terminal.Colour? = nil) {
    (self.text, self.colour) = (text, colour)
  }

  init(stringLiteral text: String) { self.init(text) }

  /// What the terminal gets.
  var displayed: String {
    guard let colour, Terminal.coloured else { return text.displayed }
    return "\u{1B}[\(colour.rawValue)m\(text.displayed)\u{1B}[0m"
  }
}

extension String {
  /// A message of several lines as a part of one: `what; where; try: this`.
  var inOneLine: String {
    split(separator: "\n").map(\.withoutOuterBlanks).joined(separator: "; ")
  }
}
