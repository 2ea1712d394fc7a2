public import EditJobs
public import Files
import Glibc

/// Counts evaluations for tests: one line a record, appended before the record is written.
///
/// Lines are `unit pass evaluations`. The file is named by `P2P_EVALUATION_LOG`; without it nothing
/// is counted. Work that a kill made vain stays counted, which is what the tests want to see.
public struct EvaluationLedger: Sendable {
  private let path: String

  /// The ledger that the environment names; `nil` where it names none.
  public init?() {
    guard let path = getenv("P2P_EVALUATION_LOG").map({ String(cString: $0) }), !path.isEmpty else {
      return nil
    }
    self.path = path
  }

  /// Adds a line; throws `FileError`.
  public func add(unit: Key, pass: Int, evaluations: Int) throws(FileError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError("open", path, errno) }
    defer { close(descriptor) }
    let line = Array("\(unit) \(pass) \(evaluations)\n".utf8)
    guard write(descriptor, line, line.count) == line.count else {
      throw FileError("write", path, errno)
    }
  }
}
