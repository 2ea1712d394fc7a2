/// How a program begins, and how it ends where its `main` catches an error.
public enum ProgramStart {
  /// Opens the standard streams and gives what was typed behind the program's name, put for the parser
  /// of arguments. To be called first of all.
  ///
  /// - Parameter description: the parser's description of the program, as `CommandArguments` takes it.
  /// - Throws: `not-utf8` (64).
  public static func arguments(
    describedBy description: () -> String
  ) throws(EditError) -> [String] {
    StandardStream.open()
    try ProgramText.check()
    let typed = Array(CommandLine.arguments.dropFirst())
    return CommandArguments(typed, describedBy: description).arguments
  }
}

extension ProgramEnd {
  /// Ends for an error: one of ours is said with its hint, and what the parser of arguments threw as it
  /// says it.
  ///
  /// - Parameter parsed: what the parser says of an error of its own, and the status that goes with it.
  public static func error(
    _ error: any Error, of program: String,
    parsed: (any Error) -> (message: String, status: Int32)
  ) -> Never {
    if let error = error as? EditError { failure(error, of: program) }
    let (message, status) = parsed(error)
    commandLine(message, status: status, of: program)
  }
}
