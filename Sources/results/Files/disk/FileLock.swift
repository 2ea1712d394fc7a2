import Glibc

/// Advisory locks of whole files, held by open descriptors: a lock goes when its descriptor is closed.
public enum FileLock {
  /// What became of an attempt.
  public enum Outcome: Sendable, Hashable {
    /// It is held now.
    case taken
    /// Somebody else holds it.
    case held
    /// The file system gives none; the value of `errno`.
    case failed(Int32)
  }

  /// Takes the lock of an open file where nobody else has it.
  ///
  /// - Parameter shared: whether others may hold it, too, that share it.
  public static func attempt(_ descriptor: Int32, shared: Bool = false) -> Outcome {
    while flock(descriptor, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0 {
      let code = errno
      if code == EWOULDBLOCK { return .held }
      if code != EINTR { return .failed(code) }
    }
    return .taken
  }
}
