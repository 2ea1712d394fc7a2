import JobStore
import Testing

/// The log is bounded, by its length and by the age of its lines.
@Suite struct EventPruningTests {
  let table: JobTable
  init() throws { table = try JobTable() }

  private func note(_ count: Int, at time: Int64) throws {
    for _ in 0..<count { try table.store.log("note", now: time) }
  }

  private func prune(_ most: Int64, _ least: Int64, age: Int64 = 1_000, now: Int64) throws -> Int {
    try table.store.pruneEvents(most: most, least: least, age: age, now: now)
  }

  @Test func theOldestGoWhereThereAreTooMany() throws {
    try note(30, at: 5)
    #expect(try prune(30, 10, now: 6) == 0)
    #expect(try prune(20, 10, now: 6) == 10)
    #expect(try table.store.events().map(\.id) == Array(11...30))
    #expect(try prune(20, 10, now: 6) == 0)
    // Numbers are not used again.
    try note(1, at: 7)
    #expect(try table.store.lastEvent() == 31)
  }

  @Test func oldOnesGoButForTheNewest() throws {
    try note(20, at: 5)
    try note(5, at: 2_000)
    #expect(try prune(100, 10, now: 900) == 0)
    #expect(try prune(100, 10, now: 2_000) == 15)
    #expect(try table.store.events().count == 10)
  }

  @Test func aClockThatJumpedLeavesTheNewest() throws {
    try note(20, at: 5)
    #expect(try prune(100, 12, now: .max / 2) == 8)
    #expect(try prune(100, 12, now: -1_000_000) == 0)
    #expect(try table.store.events().count == 12)
  }

  @Test func theUsualBoundsForgetNothingYoung() throws {
    try note(50, at: 5)
    #expect(try table.store.pruneEvents(now: 6) == 0)
    #expect(try table.store.events().count == 50)
  }
}
