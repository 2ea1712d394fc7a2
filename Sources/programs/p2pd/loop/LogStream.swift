import Files
import Foundation
import Synchronization

/// Where the log's lines go: standard error, or a file that standard error then is, too. A file of 10
/// MB is put aside as `FILE.1`, in the place of the one before it.
///
/// What a terminal would act on is escaped; the further lines of one entry are indented. What cannot be
/// written is lost.
final class LogStream: TextOutputStream, Sendable {
  /// The bytes at which a file is put aside.
  static let largestFile: Int64 = 10_000_000

  private let file: String?
  /// The bytes of the file.
  private let size: Mutex<Int64>

  /// Writes to standard error.
  init() {
    file = nil
    size = Mutex(0)
  }

  /// Writes to a file, behind what it has.
  ///
  /// - Throws: `cannot-write` (73).
  init(file: String) throws(EditError) {
    self.file = file
    size = Mutex(0)
    let code = Self.takeStandardError(file)
    guard code == 0 else {
      throw EditError(
        "cannot-write", .cannotCreate,
        "the log \(file) cannot be written: \(String(cString: strerror(code)))")
    }
    size.withLock { $0 = Self.standardErrorSize }
  }

  func write(_ text: String) {
    let entry = text.hasSuffix("\n") ? text.dropLast() : text[...]
    let lines = entry.split(separator: "\n", omittingEmptySubsequences: false)
    let shown = lines.enumerated().map { number, line in
      (number > 0 && !line.hasPrefix("  ") ? "  " : "") + line.displayed + "\n"
    }.joined()
    size.withLock { size in
      StandardStream.say(shown)
      size += Int64(shown.utf8.count)
      guard let file, size >= Self.largestFile else { return }
      rename(file, "\(file).1")
      size = Self.takeStandardError(file) == 0 ? 0 : Self.standardErrorSize
    }
  }

  /// Makes standard output and standard error a file; returns 0, or the value of `errno`.
  private static func takeStandardError(_ file: String) -> Int32 {
    let descriptor = open(
      file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0o660)
    guard descriptor >= 0 else { return errno }
    _ = fchmod(descriptor, 0o660)
    for standard in [STDOUT_FILENO, STDERR_FILENO] { dup2(descriptor, standard) }
    if descriptor > STDERR_FILENO { close(descriptor) }
    return 0
  }

  private static var standardErrorSize: Int64 {
    var facts = stat()
    return fstat(STDERR_FILENO, &facts) == 0 ? Int64(facts.st_size) : 0
  }
}
