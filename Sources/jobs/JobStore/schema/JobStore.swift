public import EditJobs
public import Files
import Foundation
import GRDB

/// The job table: one SQLite file, one connection in this process, every statement of the product.
///
/// Synchronous; call it from one serial executor. Several processes may have it open at once. Times
/// are wall-clock milliseconds and come from the caller.
public final class JobStore: Sendable {
  let queue: DatabaseQueue
  let path: String
  /// The revision of the numerics that this program makes.
  let revision: Int
  /// Units that were queued under older numerics and that this opening gave new keys.
  public let renewed: Int

  /// Opens the job table of a state folder; an empty folder gets a new one.
  ///
  /// An older schema, or what is queued under an older `revision` of the numerics, is brought up to date
  /// by who holds the daemon's lock, or where no daemon runs.
  /// - Throws: `not-allowed` (77), `network-file-system` (78), `not-a-job-table`, `schema-newer`,
  ///   `schema-older`, `numerics-newer` and `numerics-older` (78), `disk-full` (74), `busy` (75).
  public init(
    _ folder: StateFolder, holdsLock: Bool = false, revision: Int = Numerics.currentRevision,
    patience: Patience = Patience(), now: Int64? = nil
  ) throws(EditError) {
    path = folder.database
    self.revision = revision
    try Self.prepare(folder)
    do {
      queue = try DatabaseQueue(path: path, configuration: Self.configuration(folder, patience))
      renewed = try Migrations.run(
        queue, folder, holdsLock: holdsLock, revision: revision,
        now: now ?? Int64(Date().timeIntervalSince1970 * 1000))
    } catch {
      throw Self.explained(error, path: path)
    }
  }

  /// What an upgrade did to what was queued, in words; `nil` where nothing was.
  public var renewedRemark: String? {
    guard renewed > 0 else { return nil }
    return "\(renewed) queued unit\(renewed == 1 ? "" : "s") of older numerics "
      + "\(renewed == 1 ? "begins" : "begin") anew with revision \(revision), under new keys; what is "
      + "finished stays"
  }

  /// Closes the connection; the store cannot be used afterwards.
  public func close() throws(EditError) {
    do { try queue.close() } catch { throw Self.explained(error, path: path) }
  }

  /// Changes whenever another process has committed; `nil` where the table stays busy: no news.
  public func dataVersion() throws(EditError) -> Int? {
    do {
      return try queue.inDatabase { try Int.fetchOne($0, sql: "PRAGMA data_version") }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
      return nil
    } catch {
      throw Self.explained(error, path: path)
    }
  }

  /// A short read; rows leave it as values, because an open cursor blocks every commit.
  func read<Value>(_ body: (Database) throws -> Value) throws(EditError) -> Value {
    do { return try queue.read(body) } catch { throw Self.explained(error, path: path) }
  }

  /// One IMMEDIATE transaction: all or nothing. Its verb names its crash points.
  func write<Value>(_ verb: String = #function, _ body: (Database) throws -> Value)
    throws(EditError) -> Value
  {
    do {
      let value = try queue.write { db in
        // A newer program may have brought the table up to date since it was opened.
        try db.refuseNewer(than: revision)
        let value = try body(db)
        CrashPoint.pass("\(verb.prefix { $0 != "(" })-commit.before")
        return value
      }
      CrashPoint.pass("\(verb.prefix { $0 != "(" })-commit.after")
      return value
    } catch {
      throw Self.explained(error, path: path)
    }
  }
}
