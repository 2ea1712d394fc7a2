import Files

/// What is wrong with the text of an axis' values.
struct GrammarFault: Error {
  var what: String
  var hint: String?

  init(_ what: String, hint: String? = nil) { (self.what, self.hint) = (what, hint) }

  /// The error a person reads, which begins with the axis.
  func error(axis: String) -> EditError {
    EditError(
      "axis-value", .data, what.hasPrefix("is ") ? "\(axis) \(what)" : "\(axis): \(what)",
      hint: hint)
  }
}
