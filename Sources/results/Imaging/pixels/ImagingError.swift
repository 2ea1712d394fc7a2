/// Why a picture cannot be read, written or drawn: what is wrong, and what to try.
public struct ImagingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of failure it is.
  public enum Kind: String, Sendable {
    /// A file is not what it should be (`picture-damaged`).
    case damaged = "picture-damaged"
    /// A picture or text is larger than we handle (`picture-too-large`).
    case tooLarge = "picture-too-large"
    /// A text cannot be written in its format (`picture-text`).
    case illegalText = "picture-text"
    /// No font is installed (`no-fonts`).
    case noFonts = "no-fonts"
    /// Memory or a drawing library failed (`drawing-failed`).
    case drawing = "drawing-failed"
  }

  /// What kind of failure it is; its raw value is the stable name for programs.
  public var kind: Kind
  /// What is wrong, with the offending value, without a full stop.
  public var what: String
  /// What to try.
  public var hint: String?

  /// Makes an error.
  public init(_ kind: Kind, _ what: String, hint: String? = nil) {
    (self.kind, self.what, self.hint) = (kind, what, hint)
  }

  /// The sentence, and the hint on a line of its own.
  public var description: String { what + (hint.map { "\n  try: \($0)" } ?? "") }
}
