import Files

/// A place in a file.
struct FilePlace: Sendable, Hashable {
  var file: String
  var line: Int
  var column: Int
  /// The line's text.
  var text: String

  /// The error with file, line and column before it, and the line with a caret below.
  func locate(_ error: EditError) -> EditError {
    var located = error
    located.what = "\(file):\(line):\(column): \(error.what)"
    let number = String(line)
    let margin = String(repeating: " ", count: number.count)
    let indent = String(repeating: " ", count: max(column - 1, 0))
    located.details = ["  \(number) | \(text)", "  \(margin) | \(indent)^"] + error.details
    return located
  }
}

extension SweepRequest {
  /// Adds the place in the file where a setting stands to the errors of a check.
  func located<Result>(
    _ setting: String, _ check: () throws(EditError) -> Result
  ) throws(EditError) -> Result {
    do throws(EditError) { return try check() } catch {
      throw places[setting]?.locate(error) ?? error
    }
  }
}
