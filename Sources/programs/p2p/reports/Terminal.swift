import Files
import Foundation

/// Standard error, and what the terminal can show.
enum Terminal {
  /// Writes a line to standard error.
  static func note(_ line: String) { StandardStream.note(line) }

  /// Asks for an answer on the same line.
  static func ask(_ question: String) { StandardStream.say(question.displayed) }

  /// Writes over the line of standard error that stands there; the next one begins there too.
  static func overwrite(_ text: String) { StandardStream.say("\r\(text.displayed)\u{1B}[K") }

  /// Whether a descriptor is a terminal that takes control codes.
  static func isInteractive(_ descriptor: Int32) -> Bool {
    isatty(descriptor) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }

  /// Whether standard output is coloured: a terminal, and `NO_COLOR` is not set.
  static let coloured: Bool = {
    let environment = ProcessInfo.processInfo.environment
    if let no = environment["NO_COLOR"], !no.isEmpty { return false }
    if let force = environment["CLICOLOR_FORCE"], force != "0" { return true }
    return isInteractive(STDOUT_FILENO)
  }()

  /// A colour of the terminal.
  enum Colour: Int { case red = 31, green = 32, yellow = 33, grey = 90 }
}
