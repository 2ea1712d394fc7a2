import EditJobs
import Files
import JobStore
import Testing

/// How urgent a unit is: as its most urgent open cell.
@Suite struct PriorityTests {
  let table: JobTable
  init() throws { table = try JobTable() }

  private func priority(_ key: Key) throws -> Int? { try table.store.unit(key)?.priority }

  @Test func theHigherGoesFirst() throws {
    let (one, two) = (Grid(name: "one", seeds: [1]), Grid(name: "two", seeds: [2]))
    try table.enqueue(one)
    let sweep = try table.enqueue(two).sweep
    let changed = try table.store.prioritise(.sweep(sweep), 7, now: 2)
    #expect(changed.cells == 3 && changed.units.count == 4)
    #expect(try table.store.sweep(sweep).summary.priority == 7)
    #expect(try table.claim()?.source.seed == 2)
    _ = try table.store.prioritise(.all, -100, now: 3)
    #expect(try priority(one.source(1).key) == -100)
    #expect(try priority(two.variant(2, 4).key) == -100)
  }

  @Test func aSharedUnitTakesTheHighestOfItsOpenCells() throws {
    let (one, two) = (Grid(name: "one", taus: [4, 8]), Grid(name: "two", taus: [8, 12]))
    try table.enqueue(one)
    let second = try table.enqueue(two).sweep
    _ = try table.store.prioritise(.sweep(second), 20, now: 2)
    #expect(try priority(one.variant(8, 4).key) == 0)
    #expect(try priority(one.variant(8, 8).key) == 20)
    #expect(try priority(one.source(8).key) == 20)
    // Lower again as the urgent ones go.
    _ = try table.store.cancel(.sweep(second), now: 3)
    #expect(try priority(one.variant(8, 8).key) == 0)
    #expect(try priority(one.source(8).key) == 0)
  }

  @Test func oneCellAloneIsHurriedUntilItsSweepIsSetAnew() throws {
    let grid = Grid()
    let sweep = try table.enqueue(grid).sweep
    let target = try table.store.resolve("\(sweep):r1c3")
    #expect(try table.store.prioritise(target, 5, now: 2).cells == 1)
    #expect(try priority(grid.variant(8, 12).key) == 5)
    #expect(try priority(grid.variant(8, 4).key) == 0)
    try table.runHead()
    #expect(try table.claim()?.units.map(\.key) == [grid.variant(8, 12).key])
    _ = try table.store.prioritise(.unit(grid.variant(8, 4).key), -3, now: 3)
    #expect(try priority(grid.variant(8, 4).key) == -3)
    _ = try table.store.prioritise(.sweep(sweep), 1, now: 4)
    #expect(try [4, 8].map { try priority(grid.variant(8, $0).key) } == [1, 1])
  }

  @Test func whatIsOutsideIsRefused() throws {
    let sweep = try table.enqueue(Grid()).sweep
    for number in [-101, 101] {
      let error = #expect(throws: EditError.self) {
        try table.store.prioritise(.sweep(sweep), number, now: 2)
      }
      #expect(error?.code == "bad-priority")
    }
  }
}
