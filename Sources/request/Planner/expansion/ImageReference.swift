public import EditJobs

/// A photograph as a request names it.
public struct ImageReference: Hashable, Sendable {
  /// The file: its path as typed, or its name where it is stored.
  public var file: String
  /// The hash of the file's bytes, by which it is stored among the results; `nil` where only a path is
  /// known yet.
  public var digest: Digest?

  /// Makes a reference.
  public init(file: String, digest: Digest? = nil) { (self.file, self.digest) = (file, digest) }

  /// Reads what was typed: a path, or `sha256:` and the hash of a photograph that was given before.
  public init(typed text: String) {
    let prefix = "sha256:"
    let digest = text.hasPrefix(prefix) ? Digest(hex: String(text.dropFirst(prefix.count))) : nil
    self.init(file: text, digest: digest)
  }
}
