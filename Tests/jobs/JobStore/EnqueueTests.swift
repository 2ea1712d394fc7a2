import EditJobs
import Files
import JobStore
import Testing

@Suite struct EnqueueTests {
  let table: JobTable
  init() throws { table = try JobTable() }

  @Test func aSweepIsWrittenWhole() throws {
    let submitted = try table.enqueue(Grid(seeds: [1, 2]))
    #expect(submitted.created && submitted.cells == 6)
    #expect(submitted.newUnits.count == 8)
    let detail = try table.store.sweep(submitted.sweep)
    #expect(detail.cells.map(\.place) == ["r1c1", "r1c2", "r1c3", "r2c1", "r2c2", "r2c3"])
    #expect(detail.cells.allSatisfy { $0.state == .blocked })
    #expect(detail.sources.map(\.state) == [.ready, .ready])
    #expect(detail.summary.standing.stepsTotal == 8 * 20)
  }

  @Test func theSameKeyAndRequestIsTheSameSweep() throws {
    var grid = Grid()
    grid.clientKey = "nightly"
    let first = try table.enqueue(grid)
    let again = try table.enqueue(grid)
    #expect(again.sweep == first.sweep && !again.created)
    #expect(try table.store.sweeps().count == 1)
    grid.taus = [4]
    let error = #expect(throws: EditError.self) { try table.enqueue(grid) }
    #expect(error?.code == "key-reused" && error?.status == .data)
    // Keys belong to users.
    #expect(try table.store.enqueue(grid.submission, owner: 2, now: 1).created)
  }

  @Test func unitsAreShared() throws {
    try table.enqueue(Grid(taus: [4, 8]))
    try table.runHead()
    try table.runHead()
    let second = try table.enqueue(Grid(name: "more", taus: [4, 8, 12]))
    let grid = Grid()
    #expect(second.newUnits == [grid.variant(8, 12).key])
    #expect(second.sharedUnits == [grid.variant(8, 8).key])
    #expect(second.doneUnits == [grid.source(8).key, grid.variant(8, 4).key])
    // Its source is done: the new one need not wait.
    #expect(try table.state(grid.variant(8, 12).key) == .ready)
  }

  @Test func whatWasGivenUpIsWantedAgain() throws {
    let grid = Grid(taus: [4])
    let first = try table.enqueue(grid)
    _ = try table.store.cancel(.sweep(first.sweep), now: 2)
    #expect(try table.state(grid.source(8).key) == .cancelled)
    let second = try table.enqueue(Grid(name: "again", taus: [4]))
    #expect(try table.state(grid.source(8).key) == .ready)
    #expect(try table.state(grid.variant(8, 4).key) == .blocked)
    // The old sweep's cell stays cancelled.
    #expect(try table.store.standing(.sweep(first.sweep)).count(.cancelled) == 1)
    #expect(try table.store.standing(.sweep(second.sweep)).count(.blocked) == 1)
  }

  @Test func aRefusedSweepLeavesNothing() throws {
    #expect(throws: EditError.self) { try table.enqueue(Grid(name: "../etc")) }
    var twice = Grid().submission
    twice.cells.append(twice.cells[0])
    #expect(throws: EditError.self) { try table.store.enqueue(twice, owner: 1, now: 1) }
    #expect(try table.store.sweeps().isEmpty)
    #expect(try table.store.overview().open == 0)
    #expect(try table.store.lastEvent() == 0)
  }

  @Test func aRehearsalWritesNothing() throws {
    let grid = Grid()
    let before = try table.store.rehearse(grid.submission, owner: 1)
    #expect(before.newUnits.count == 4 && before.sweep == 0)
    #expect(try table.store.overview().open == 0)
    try table.enqueue(grid)
    #expect(try table.store.rehearse(grid.submission, owner: 1).sharedUnits.count == 4)
  }

  @Test func aSharedUnitHasTheHighestPriority() throws {
    let grid = Grid(taus: [4])
    try table.enqueue(grid)
    try table.enqueue(Grid(name: "urgent", taus: [4], priority: 50))
    #expect(try table.store.unit(grid.source(8).key)?.priority == 50)
    #expect(try table.store.unit(grid.variant(8, 4).key)?.priority == 50)
    try table.enqueue(Grid(name: "idle", taus: [4], priority: -50))
    #expect(try table.store.unit(grid.variant(8, 4).key)?.priority == 50)
  }

  @Test func equalPrioritiesInterleave() throws {
    try table.enqueue(Grid(name: "one", seeds: [1, 2, 3, 4], taus: [4]))
    try table.enqueue(Grid(name: "two", seeds: [5, 6, 7, 8], taus: [4]))
    var seeds: [UInt64] = []
    while let order = try table.claim() { seeds.append(order.source.seed) }
    #expect(seeds == [1, 5, 2, 6, 3, 7, 4, 8])
  }
}
