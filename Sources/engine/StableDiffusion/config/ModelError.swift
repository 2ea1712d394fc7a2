/// Why a model folder cannot be used: what is wrong, in which file, and what to try.
public struct ModelError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What sort of fault it is.
  public enum Kind: String, Sendable, Codable {
    /// A file or folder is not there.
    case missing
    /// A file is there and its content is wrong.
    case damaged
    /// The model is in order and this program does not run its kind.
    case unsupported
  }

  /// What sort of fault it is.
  public var kind: Kind
  /// The file or folder at fault.
  public var file: String
  /// The tensor or config field at fault, if it is one.
  public var key: String?
  /// What is wrong, with the offending value, without a full stop.
  public var what: String
  /// What to try.
  public var hint: String?

  /// Makes an error.
  public init(
    _ kind: Kind, file: String, key: String? = nil, what: String, hint: String? = nil
  ) {
    (self.kind, self.file, self.key, self.what, self.hint) = (kind, file, key, what, hint)
  }

  /// `file: key: what`, and the hint on a line of its own.
  public var description: String {
    let place = key.map { "\(file): \($0)" } ?? file
    return "\(place): \(what)" + (hint.map { "\n  try: \($0)" } ?? "")
  }
}
