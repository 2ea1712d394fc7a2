public import Files
import Foundation
import GRDB

extension JobStore {
  /// Looks for damage of the file, cheaply; above `limit` bytes not at all.
  ///
  /// - Throws: `job-table-damaged` (74) with SQLite's findings.
  public func quickCheck(limit: Int64 = 500 << 20) throws(EditError) {
    var facts = stat()
    guard stat(path, &facts) == 0, facts.st_size <= limit else { return }
    let findings = try read { try String.fetchAll($0, sql: "PRAGMA quick_check(20)") }
    guard findings != ["ok"] else { return }
    throw EditError(
      "job-table-damaged", .io, "\(path) is damaged", details: Array(findings.prefix(20)),
      hint: "move it away and submit again; finished pictures are found again by their keys")
  }
}
