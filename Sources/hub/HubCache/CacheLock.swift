public import Files
import Glibc

/// The right to write one blob, shared with the hub's own tools; given back when the last
/// reference goes.
public final class CacheLock {
  private let descriptor: Int32

  private init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Takes the lock of a blob where nobody has it; `nil` where somebody does.
  public static func attempt(_ path: String) throws(EditError) -> CacheLock? {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o664)
    guard descriptor >= 0 else { throw .hubCache("open", path, errno) }
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      if code == EINTR { continue }
      close(descriptor)
      if code == EWOULDBLOCK { return nil }
      // On a file system without locks two pulls may meet; the hash at the end tells.
      guard code == ENOTSUP || code == ENOSYS || code == ENOLCK else {
        throw .hubCache("flock", path, code)
      }
      return CacheLock(-1)
    }
    return CacheLock(descriptor)
  }
}
