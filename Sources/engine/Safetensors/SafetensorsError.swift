/// Why a safetensors file cannot be used: which file, which tensor, what is wrong, what to try.
public struct SafetensorsError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file, as it was named.
  public var file: String
  /// The tensor; `nil` where the file itself is at fault.
  public var key: String?
  /// What is wrong, with the offending value, without a full stop.
  public var what: String
  /// What to try.
  public var hint: String?

  /// Makes an error.
  public init(file: String, key: String? = nil, what: String, hint: String? = nil) {
    (self.file, self.key, self.what, self.hint) = (file, key, what, hint)
  }

  /// `file: key: what`, and the hint on a line of its own.
  public var description: String {
    let place = key.map { "\(file): \($0)" } ?? file
    return "\(place): \(what)" + (hint.map { "\n  try: \($0)" } ?? "")
  }
}
