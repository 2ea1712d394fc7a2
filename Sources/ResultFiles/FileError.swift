public import EditJobs
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

  /// Whether the same thing may work later: no room, a read-only or a tired disk, too many files.
  public var isTransient: Bool {
    [ENOSPC, EDQUOT, EFBIG, EROFS, EIO, EINTR, EAGAIN, ESTALE, EMFILE, ENFILE, ENOMEM].contains(
      code)
  }

  /// Whether the file or a folder above it does not exist.
  public var isMissing: Bool { code == ENOENT || code == ENOTDIR }

  /// The system's words for the code.
  public var reason: String { strerror(code).map { String(cString: $0) } ?? "error \(code)" }

  /// `path: operation: reason`.
  public var description: String { "\(path): \(operation): \(reason)" }

  /// What a person is told.
  public var editError: EditError {
    switch code {
    case ENOSPC, EDQUOT, EFBIG:
      EditError(
        "disk-full", .io, "\(path) cannot be written: \(reason)", details: ["while: \(operation)"],
        hint: "make room on that disk; p2p models list shows what models take")
    case EACCES, EPERM, EROFS:
      EditError(
        "not-allowed", .notAllowed, "\(path): \(reason)", details: ["while: \(operation)"],
        hint: "check the owner and mode of the folder")
    case ENOENT, ENOTDIR:
      EditError("file-missing", .missing, "\(path): \(reason)", details: ["while: \(operation)"])
    default:
      EditError("io-error", .io, "\(path): \(reason)", details: ["while: \(operation)"])
    }
  }
}
