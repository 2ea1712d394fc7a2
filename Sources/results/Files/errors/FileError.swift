import Glibc

/// A call of the operating system on a file that failed: what was tried, where, and why.
public struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The call, e.g. `fdatasync`.
  public let operation: String
  /// The file.
  public let path: String
  /// The value of `errno`.
  public let code: Int32

  /// Takes the value of `errno`, copied right after the call.
  public init(_ operation: String, _ path: String, _ code: Int32) {
    (self.operation, self.path, self.code) = (operation, path, code)
  }

  /// Whether the same thing may work later: no room, a refusal that somebody may lift, a tired disk, too
  /// many files.
  public var isTransient: Bool {
    isRefusal
      || [ENOSPC, EDQUOT, EFBIG, EIO, EINTR, EAGAIN, ESTALE, EMFILE, ENFILE, ENOMEM].contains(code)
  }

  /// Whether this user may not do it, or nobody may: an owner, a mode or a mount says so.
  public var isRefusal: Bool { [EACCES, EPERM, EROFS].contains(code) }

  /// Whether the file or a folder above it does not exist.
  public var isMissing: Bool { code == ENOENT || code == ENOTDIR }

  /// The system's words for the code.
  public var reason: String { strerror(code).map { String(cString: $0) } ?? "error \(code)" }

  /// `path: operation: reason`.
  public var description: String { "\(path): \(operation): \(reason)" }

  /// What a person is told.
  public var editError: EditError {
    switch code {
    case ENOSPC:
      fullness
    case EDQUOT, EFBIG:
      EditError(
        "disk-full", .io, "\(path) cannot be written: \(reason)", details: ["while: \(operation)"],
        hint: "make room there, or raise the limit")
    case EACCES, EPERM, EROFS:
      EditError(
        "not-allowed", .notAllowed, "\(path): \(reason)", details: ["while: \(operation)"],
        hint:
          "the user who runs this must be able to write there: look at owner, group and mode of the "
          + "folder")
    case ENOENT, ENOTDIR:
      EditError("file-missing", .missing, "\(path): \(reason)", details: ["while: \(operation)"])
    default:
      EditError("io-error", .io, "\(path): \(reason)", details: ["while: \(operation)"])
    }
  }
  private var fullness: EditError {
    let (reason, hint) = DiskRoom.fullness(at: path)
    return EditError(
      "disk-full", .io, "\(path) cannot be written: \(reason)", details: ["while: \(operation)"],
      hint: hint)
  }
}
