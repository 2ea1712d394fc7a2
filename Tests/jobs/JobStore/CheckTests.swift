import EditJobs
import GRDB
import JobStore
import Testing

/// Rows that no program should write are refused by the schema itself.
@Suite struct CheckTests {
  static let bad: [(String, String)] = [
    ("running without a token", "UPDATE unit SET state = 'running' WHERE kind = 'source'"),
    ("a token without running", "UPDATE unit SET token = 3"),
    (
      "done before the last step",
      "UPDATE unit SET state = 'done', finished_ms = 1, manifest = key WHERE kind = 'source'"
    ),
    (
      "done without a manifest",
      "UPDATE unit SET state = 'done', finished_ms = 1, step = steps WHERE kind = 'source'"
    ),
    ("a blocked source", "UPDATE unit SET state = 'blocked' WHERE kind = 'source'"),
    ("failed without a code", "UPDATE unit SET state = 'failed', finished_ms = 1"),
    ("cancelled without a time", "UPDATE unit SET state = 'cancelled'"),
    ("scheduled without a time", "UPDATE unit SET state = 'scheduled'"),
    ("an unknown state", "UPDATE unit SET state = 'lost'"),
    ("text in the priority", "UPDATE unit SET priority = 'high'"),
    ("a priority of 101", "UPDATE unit SET priority = 101"),
    ("a step beyond the last", "UPDATE unit SET step = steps + 1"),
    ("a variant without a source", "UPDATE unit SET source_id = NULL WHERE kind = 'variant'"),
    ("a source with a source", "UPDATE unit SET source_id = 2 WHERE id = 1"),
    ("its own source", "UPDATE unit SET source_id = id WHERE kind = 'variant'"),
    ("a source that is not there", "UPDATE unit SET source_id = 99 WHERE kind = 'variant'"),
    ("a trunk without a step", "UPDATE unit SET trunk_id = 2 WHERE id = 3"),
    ("a fork at step 0", "UPDATE unit SET trunk_id = 2, trunk_step = 0 WHERE id = 3"),
    ("a fork at the last step", "UPDATE unit SET trunk_id = 2, trunk_step = steps WHERE id = 3"),
    ("its own trunk", "UPDATE unit SET trunk_id = 3, trunk_step = 1 WHERE id = 3"),
    ("a source with a trunk", "UPDATE unit SET trunk_id = 2, trunk_step = 1 WHERE id = 1"),
    ("a trunk that is not there", "UPDATE unit SET trunk_id = 99, trunk_step = 1 WHERE id = 3"),
    ("half a signature", "UPDATE signature SET runs = x'00'"),
    ("a short key", "UPDATE unit SET key = x'00' WHERE id = 1"),
    ("two of one key", "UPDATE unit SET key = (SELECT key FROM unit WHERE id = 1) WHERE id = 2"),
    ("a name with a slash", "UPDATE sweep SET name = '../etc'"),
    ("a hidden name", "UPDATE sweep SET name = '.hidden'"),
    ("an upper-case name", "UPDATE sweep SET name = 'Crown'"),
    ("a relative model folder", "UPDATE model SET folder = 'models/mini'"),
    (
      "a client key twice",
      """
      INSERT INTO sweep (name, owner_uid, client_key, request_hash, request, axes, created_ms)
      SELECT name, owner_uid, client_key, request_hash, request, axes, created_ms FROM sweep
      """
    ),
    ("a cell at a negative row", "UPDATE cell SET row = -1"),
    ("an unknown role", "UPDATE cell SET role = 'legend'"),
    (
      "a cell twice",
      """
      INSERT INTO cell (sweep_id, role, coord, row, col, page, label, unit_id)
      SELECT sweep_id, role, coord, 9, 9, 9, label, unit_id FROM cell
      """
    ),
    ("an attempt that ended without an outcome", "UPDATE attempt SET ended_ms = 3"),
    ("an outcome without an end", "UPDATE attempt SET outcome = 'done'"),
    ("a second control row", "INSERT INTO control (id) VALUES (2)"),
    ("maps of no bytes", "INSERT INTO source_maps VALUES (1, 0, 1)"),
  ]

  @Test func badRowsAreRefused() throws {
    let table = try JobTable()
    var grid = Grid()
    grid.clientKey = "nightly"
    try table.enqueue(grid)
    _ = try table.claim()
    try table.store.giveBack([grid.source(8).key], token: 1, now: 2)
    try table.raw { try $0.execute(sql: "UPDATE attempt SET ended_ms = NULL, outcome = NULL") }
    for (what, sql) in Self.bad {
      #expect(throws: DatabaseError.self, "\(what)") { try table.raw { try $0.execute(sql: sql) } }
    }
  }
}
