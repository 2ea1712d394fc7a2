import EditJobs
import Foundation

/// Standard error, and what the terminal can show.
enum Terminal {
  /// Writes a line to standard error.
  static func note(_ line: String) {
    // What was printed before stands before it, also in a pipe.
    fflush(nil)
    FileHandle.standardError.write(Data((line + "\n").utf8))
  }

  /// Writes an error as `p2p: what`, its details, and what to try.
  static func report(_ error: EditError) { note("p2p: \(error)") }

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

  /// The text in a colour, where colours are shown.
  static func paint(_ text: String, _ colour: Colour) -> String {
    coloured ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
  }
}
