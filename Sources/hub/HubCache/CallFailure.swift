public import Files
import Glibc

extension EditError {
  /// A call of the operating system on a file of the cache that failed; `code` is `errno`.
  public static func hubCache(_ call: String, _ path: String, _ code: Int32) -> EditError {
    let reason = strerror(code).map { String(cString: $0) } ?? "error \(code)"
    switch code {
    case ENOSPC, EDQUOT, EFBIG:
      return EditError(
        "disk-full", .io, "\(path) cannot be written: \(reason)", details: ["while: \(call)"],
        hint: "make room, or set HF_HUB_CACHE to a folder on a larger disk; what is here is kept")
    case EACCES, EPERM, EROFS:
      return EditError(
        "not-allowed", .notAllowed, "\(path): \(reason)", details: ["while: \(call)"],
        hint: "check the owner of the folder, or set HF_HUB_CACHE to a folder of yours")
    case ENOENT:
      return EditError("file-missing", .missing, "\(path): \(reason)", details: ["while: \(call)"])
    default:
      return EditError("io-error", .io, "\(path): \(reason)", details: ["while: \(call)"])
    }
  }
}
