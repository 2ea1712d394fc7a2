import EditJobs
import JobStore
import Testing

@Suite struct CancelTests {
  let table: JobTable
  let grid = Grid(taus: [4, 8])
  init() throws { table = try JobTable() }

  var source: Key { grid.source(8).key }
  func variant(_ tau: Int) -> Key { grid.variant(8, tau).key }

  @Test func aCancelledSweepTakesItsUnits() throws {
    let sweep = try table.enqueue(grid).sweep
    let cancelled = try table.store.cancel(.sweep(sweep), now: 5)
    #expect(cancelled.cells == 2 && cancelled.drops.isEmpty)
    #expect(Set(cancelled.units) == [source, variant(4), variant(8)])
    #expect(try table.claim() == nil)
    #expect(try table.store.standing(.sweep(sweep)).word == "cancelled")
    #expect(try table.store.cancel(.sweep(sweep), now: 6).cells == 0)
  }

  @Test func whatSomebodyElseWantsGoesOn() throws {
    let first = try table.enqueue(grid).sweep
    let second = try table.enqueue(Grid(name: "other", taus: [8])).sweep
    let cancelled = try table.store.cancel(.sweep(first), now: 5)
    #expect(cancelled.cells == 2 && cancelled.units == [variant(4)])
    #expect(try table.state(source) == .ready)
    #expect(try table.state(variant(8)) == .blocked)
    #expect(try table.store.standing(.sweep(first)).count(.cancelled) == 2)
    #expect(try table.store.standing(.sweep(second)).open == 1)
    #expect(Set(try table.store.cancel(.sweep(second), now: 6).units) == [source, variant(8)])
  }

  @Test func whatRunsIsDropped() throws {
    let sweep = try table.enqueue(grid).sweep
    try table.runHead()
    let order = try #require(try table.claim(lanes: 2))
    let cell = try table.store.resolve("\(sweep):tau=0.2")
    let cancelled = try table.store.cancel(cell, now: 5)
    #expect(cancelled.drops == [Drop(key: variant(4), token: order.token)])
    #expect(try table.state(variant(8)) == .running)
    // What its worker still says is stale.
    #expect(try !table.store.park(variant(4), token: order.token, step: 3, now: 6))
    #expect(try table.state(source) == .done)
  }

  @Test func twoCellsOfOneVariant() throws {
    var submission = grid.submission
    submission.cells.append(
      Submission.Cell(
        role: .reprompt, coordinates: [], row: 0, column: 0, page: 0, variant: variant(4),
        label: ""))
    let sweep = try table.store.enqueue(submission, owner: 1, now: 1).sweep
    let reprompt = try table.store.resolve("\(sweep):reprompt")
    #expect(try table.store.cancel(reprompt, now: 2).units.isEmpty)
    #expect(try table.state(variant(4)) == .blocked)
    #expect(try table.store.cancel(.sweep(sweep), now: 3).units.count == 3)
  }

  @Test func whatIsDoneStaysDone() throws {
    let sweep = try table.enqueue(grid).sweep
    try table.runHead()
    try table.runHead()
    #expect(try table.store.cancel(.sweep(sweep), now: 5).units == [variant(8)])
    let standing = try table.store.standing(.sweep(sweep))
    #expect(standing.count(.done) == 1 && standing.count(.cancelled) == 1)
    #expect(standing.word == "cancelled")
  }

  @Test func retryingGoesOnFromWhereItStood() throws {
    let sweep = try table.enqueue(grid).sweep
    let order = try #require(try table.claim())
    try table.store.begun(source, token: order.token, step: 0, now: 2)
    try table.store.progress(
      [UnitProgress(key: source, token: order.token, step: 9, evaluations: 9, ms: 1)], now: 3)
    _ = try table.store.cancel(.sweep(sweep), now: 4)
    let turn = try table.store.units(in: .cancelled).map(\.key)
    #expect(turn.count == 3)
    let again = try table.store.retry(.sweep(sweep), now: 5)
    #expect(Set(again) == [source, variant(4), variant(8)])
    let unit = try #require(try table.store.unit(source))
    #expect(unit.state == .ready && unit.step == 9 && unit.finishedMs == nil)
    #expect(try table.store.standing(.sweep(sweep)).open == 2)
    #expect(try table.claim()?.units.first?.step == 9)
  }

  @Test func retryingEverythingMeansWhatFailed() throws {
    let first = try table.enqueue(grid).sweep
    _ = try table.store.cancel(.sweep(first), now: 4)
    #expect(try table.store.retry(.all, now: 5).isEmpty)
    #expect(try table.state(source) == .cancelled)
  }
}
