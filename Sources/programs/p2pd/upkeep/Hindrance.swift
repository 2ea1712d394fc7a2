import Glibc
import JobStore

/// What keeps the whole queue from going on and ends by itself. The reason of its pause begins with it.
enum Hindrance: String, CaseIterable, Sendable {
  /// Less room than the watermark, or none.
  case space = "no room on the disk"
  /// The daemon's own folders refuse to be written.
  case roots = "no right to write"
  /// The worker's program is not there, not whole, or of another version.
  case installation = "installation"
}

/// The folders that the daemon and its workers must be able to write.
struct Roots {
  let folder: StateFolder

  /// The first that refuses, and why; `nil` where none does.
  func refusal() -> String? {
    let results = folder.results
    for path in [folder.path, results, "\(results)/sources", "\(results)/variants"] {
      var facts = stat()
      // What is not there is made.
      guard lstat(path, &facts) == 0 else { continue }
      if stat(path, &facts) != 0 {
        return "\(path) leads nowhere: \(String(cString: strerror(errno)))"
      }
      if access(path, W_OK | X_OK) != 0 {
        return "\(path): \(String(cString: strerror(errno)))"
      }
    }
    return nil
  }
}
