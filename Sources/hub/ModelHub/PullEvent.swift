public import HubCache

/// What happens during a pull, for who shows it.
public enum PullEvent: Sendable {
  /// The hub has said what there is: `bytes` in `files` files, of which `missing` are to be fetched.
  case planned(commit: String, files: Int, bytes: Int64, missing: Int64)
  /// A file is here already.
  case present(HubPath, size: Int64)
  /// A file begins, or goes on behind `have` bytes.
  case started(HubPath, size: Int64, have: Int64)
  /// Bytes of the file have come.
  case received(HubPath, count: Int)
  /// The file is begun again from its first byte, and why.
  case restarted(HubPath, String)
  /// The file is here and its hash is right, as far as its name is one.
  case finished(HubPath, size: Int64, isVerified: Bool)
  /// A try failed; the next one comes after so many seconds.
  case retrying(String, seconds: Double)
  /// Another process fetches the same file.
  case waiting(HubPath)
  /// Something that is worth a line.
  case note(String)
}
