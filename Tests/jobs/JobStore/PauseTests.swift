import EditJobs
import Files
import JobStore
import Testing

/// A paused sweep waits; what others want of it does not.
@Suite struct PauseTests {
  let table: JobTable
  init() throws { table = try JobTable() }

  private func states(_ keys: [Key]) throws -> [UnitState?] { try keys.map { try table.state($0) } }

  @Test func aPausedSweepGivesNothingAndGoesOnFromItsPlace() throws {
    let grid = Grid()
    let sweep = try table.enqueue(grid).sweep
    let paused = try table.store.pause(sweep: sweep, now: 2)
    #expect(paused.parked == [grid.source(8).key] && paused.stopping == [])
    #expect(try table.claim() == nil)
    #expect(try table.store.sweep(sweep).summary.word == "paused")
    #expect(try table.store.release(now: 3) == 0, "a daemon's start ends no pause")
    #expect(try table.store.resume(sweep: sweep, now: 4) == [grid.source(8).key])
    #expect(try table.claim()?.isSource == true)
  }

  @Test func whatAnUnpausedSweepWantsGoesOn() throws {
    let (one, two) = (Grid(name: "one", taus: [4, 8, 12]), Grid(name: "two", taus: [8]))
    let sweep = try table.enqueue(one).sweep
    try table.enqueue(two)
    #expect(try table.store.pause(sweep: sweep, now: 2).parked == [], "two needs the source")
    try table.runHead()
    let order = try #require(try table.claim(lanes: 8))
    #expect(order.units.map(\.key) == [one.variant(8, 8).key])
    // The claim met the other two as they had become ready, and put them aside.
    #expect(try states([4, 12].map { one.variant(8, $0).key }) == [.parked, .parked])
    #expect(try table.claim(lanes: 8) == nil)
    let more = Grid(name: "three", taus: [12, 16])
    try table.enqueue(more)
    #expect(
      try states([4, 12, 16].map { more.variant(8, $0).key }) == [.parked, .ready, .ready],
      "wanted anew")
  }

  @Test func whatRunsIsHeldUntilItsWorkerHasLeft() throws {
    let grid = Grid()
    let sweep = try table.enqueue(grid).sweep
    try table.runHead()
    let order = try #require(try table.claim(lanes: 2))
    let paused = try table.store.pause(sweep: sweep, now: 3)
    #expect(paused.stopping == order.units.map(\.key))
    #expect(paused.parked == [grid.variant(8, 12).key])
    let held = try table.store.held()
    #expect(Set(held) == Set(order.units.map { Drop(key: $0.key, token: order.token) }))
    let (left, late) = (order.units[0].key, order.units[1].key)
    try table.store.park(left, token: order.token, step: 7, goesOn: true, now: 4)
    #expect(try table.state(left) == .parked)
    #expect(try table.store.unit(left)?.attempts == 0)
    // Resumed before the second has left: it goes back to the line by itself.
    #expect(try table.store.resume(sweep: sweep, now: 5).count == 2)
    #expect(try table.store.held() == [])
    try table.store.park(late, token: order.token, step: 9, goesOn: true, now: 6)
    #expect(try table.state(late) == .ready)
    #expect(try table.claim(lanes: 4)?.units.map(\.step) == [7, 9, 0])
  }

  @Test func aQueuePausedByRequestStopsWhatRunsAndOneForAReasonDoesNot() throws {
    try table.enqueue(Grid())
    let order = try #require(try table.claim())
    try table.store.pause(reason: "no room on the disk", now: 2)
    #expect(try table.store.held() == [])
    try table.store.pause(now: 3)
    #expect(try table.store.held() == [Drop(key: order.sourceKey, token: order.token)])
    try table.store.park(order.sourceKey, token: order.token, step: 3, goesOn: true, now: 4)
    #expect(try table.claim() == nil)
    try table.store.resume(now: 5)
    #expect(try table.claim()?.units.first?.step == 3)
  }

  @Test func aPauseOfWhatIsNotThereIsRefused() throws {
    let error = #expect(throws: EditError.self) { try table.store.pause(sweep: 7, now: 1) }
    #expect(error?.code == "no-such-sweep")
  }

  @Test func whatComesBackFromAFailureWhilePausedIsParkedByTheNextClaim() throws {
    let grid = Grid()
    let sweep = try table.enqueue(grid).sweep
    let order = try #require(try table.claim())
    _ = try table.store.pause(sweep: sweep, now: 2)
    let failure = Failure(
      code: "worker-crashed", message: "", step: 5, outcome: .crashed, next: .again)
    #expect(
      try table.store.fail(order.sourceKey, token: order.token, failure, now: 3) == .ready)
    #expect(try table.claim() == nil)
    #expect(try table.state(order.sourceKey) == .parked)
    _ = try table.store.cancel(.sweep(sweep), now: 4)
    #expect(try table.state(order.sourceKey) == .cancelled)
    _ = try table.store.retry(.sweep(sweep), now: 5)
    #expect(try table.claim() == nil, "wanted again, and still paused")
    _ = try table.store.resume(sweep: sweep, now: 6)
    #expect(try table.claim()?.units.map(\.step) == [5])
  }
}
