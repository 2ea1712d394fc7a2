import EditJobs
import JobStore
import Planner
import Testing

/// Every cell's name, as it is kept in files and tables, names that cell and no other.
@Suite struct CellNameTests {
  @Test func namesNameOneCell() throws {
    let plain = try PlannedSweep.request(
      ("to", "a cat, tau=0.5, wearing||a cat"), ("tau", "0,[0.2,0.8],0.5"),
      ("w:cat", "1,2@[0.3,1],-1"), ("negative", "||grey, blurry"), ("seed", "1,\(UInt64.max)"))
    let table = try JobTable()
    let sweep = try table.store.enqueue(
      PlannedSweep.expand(plain).submission, owner: 0, now: 1
    ).sweep
    let cells = try table.store.sweep(sweep).cells
    #expect(cells.count == 2 * 3 * 3 * 2 * 2 + 2 * 2 * 2)
    #expect(Set(cells.map(\.name)).count == cells.count)
    for cell in cells {
      let found = try table.store.resolve("\(sweep):\(cell.name)")
      #expect(found == .cells(sweep: sweep, cells: [cell.id]), "\(cell.name)")
    }
    // Parts of a name still name all that fits.
    guard case .cells(_, let fitting) = try table.store.resolve("\(sweep):seed=1,tau=0") else {
      Issue.record("no cells")
      return
    }
    #expect(fitting.count == 2 * 3 * 2)
    #expect(try table.store.resolve("\(sweep):r1c1") != .sweep(sweep))
  }

  @Test func aCellWithoutAxesHasItsPlace() throws {
    let table = try JobTable()
    let submission = try PlannedSweep.expand(
      PlannedSweep.request(("to", "a fox wearing a crown"))
    ).submission
    let sweep = try table.store.enqueue(submission, owner: 0, now: 1).sweep
    #expect(try table.store.sweep(sweep).cells.map(\.name) == ["r1c1", "reprompt"])
  }

  @Test func aNameThatMeantMoreIsKnown() throws {
    let table = try JobTable()
    func enqueue(_ taus: String, _ name: String = "g") throws -> Int64 {
      let request = try PlannedSweep.request(("name", name), ("tau", taus))
      return try table.store.enqueue(
        PlannedSweep.expand(request).submission, owner: 0, now: 1
      ).sweep
    }
    let first = try enqueue("0,0.5,1")
    #expect(try table.store.shadowed(by: first) == nil)
    let second = try enqueue("0,0.25")
    let shadowed = try #require(try table.store.shadowed(by: second))
    #expect((shadowed.id, shadowed.cells) == (first, 2))
    #expect(try table.store.shadowed(by: enqueue("0,0.25")) == nil, "it means the same")
    #expect(try table.store.shadowed(by: enqueue("0,0.25,0.5")) == nil, "it means more")
    #expect(try table.store.shadowed(by: enqueue("0", "other")) == nil)
  }
}
