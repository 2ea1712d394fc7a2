public import EditJobs
import GRDB

/// The job table: one SQLite file, one connection in this process, every statement of the product.
///
/// Synchronous; call it from one serial executor. Several processes may have it open at once.
public final class JobStore: Sendable {
  let queue: DatabaseQueue

  /// Opens the job table of a state folder; an empty folder gets a new one.
  ///
  /// An older schema is migrated if the caller holds the daemon's lock.
  /// - Throws: `not-allowed` (77), `network-file-system` (78), `schema-newer` and `schema-older`
  ///   (78), `disk-full` (74), `busy` (75).
  public init(_ folder: StateFolder, holdsLock: Bool = false) throws(EditError) {
    do { queue = try DatabaseQueue(path: folder.database) } catch {
      throw EditError("not-yet", .software, "\(error)")
    }
  }

  /// Closes the connection; the store cannot be used afterwards.
  public func close() throws(EditError) {}

  /// Changes whenever another process has committed; `nil` while the table is busy.
  public func dataVersion() throws(EditError) -> Int? { nil }
}
