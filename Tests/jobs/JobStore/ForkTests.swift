import EditJobs
import Files
import Foundation
import JobStore
import Testing
import TestInstruments

/// What the job table does with trunks and their forks.
@Suite struct ForkTests {
  let table: JobTable
  var grid = Grid(taus: [4, 8, 12, 16])

  init() throws {
    table = try JobTable()
    grid.shares = true
  }

  func key(_ tau: Int) -> Key { grid.variant(8, tau).key }
  /// The variant that runs from step 0; the last to part share that place, and the smaller key has it.
  var owner: Int { key(12) < key(16) ? 12 : 16 }
  var last: Int { owner == 12 ? 16 : 12 }

  /// Enqueues the grid and finishes its source.
  func begin() throws {
    try table.enqueue(grid)
    try table.runHead()
  }

  func trunks(_ order: ClaimedOrder) -> [Key: WorkOrder.Trunk] {
    Dictionary(
      order.units.compactMap { unit in unit.trunk.map { (unit.key, $0) } },
      uniquingKeysWith: { first, _ in first })
  }

  func progress(_ tau: Int, _ token: Int64, step: Int) throws -> [Drop] {
    try table.store.progress(
      [UnitProgress(key: key(tau), token: token, step: step, evaluations: 2 * step, ms: 1)],
      now: 50)
  }

  func state(_ tau: Int) throws -> UnitState? { try table.state(key(tau)) }

  /// The example of `docs/lifecycle.md`, moment by moment.
  @Test func theExampleOfThePageIsPlayedSo() throws {
    let page = try PageTable("docs/lifecycle.md", "what happens")
    var three = grid
    three.taus = [4, 8, 12]
    // The page takes tau 12 for the smaller key of the two that part last.
    let (trunk, other) = key(12) < key(8) ? (12, 8) : (8, 12)
    let columns = ["tau 12": trunk, "tau 8": other, "tau 4": 4]
    var moments = page.rows.makeIterator()
    func isAsOnThePage(_ moment: String) throws {
      #expect(moments.next() == moment)
      for (column, tau) in columns {
        #expect(try state(tau)?.rawValue == page[moment, column], "\(column): \(moment)")
      }
    }
    try table.enqueue(three)
    try isAsOnThePage("all are enqueued")
    try table.runHead()
    try isAsOnThePage("the source is finished")
    let first = try #require(try table.claim())
    try isAsOnThePage("the first worker claims")
    _ = try progress(trunk, first.token, step: 4)
    try isAsOnThePage("record 4 is written")
    let second = try #require(try table.claim())
    try isAsOnThePage("the second worker claims")
    _ = try progress(trunk, first.token, step: 8)
    try isAsOnThePage("record 8 is written")
    func finish(_ tau: Int, _ token: Int64) throws {
      try table.store.finish(key(tau), token: token, manifest: manifest(key(tau)), now: 60)
    }
    try finish(trunk, first.token)
    try isAsOnThePage("tau 12 is finished")
    let third = try #require(try table.claim())
    try isAsOnThePage("the first worker claims again")
    try finish(4, second.token)
    try finish(other, third.token)
    try isAsOnThePage("both are finished")
    #expect(moments.next() == nil)
  }

  @Test func aClaimTakesATrunkWithItsForks() throws {
    try begin()
    #expect(try state(owner) == .ready)
    for tau in grid.taus where tau != owner { #expect(try state(tau) == .blocked) }
    let order = try #require(try table.claim(lanes: 4))
    #expect(order.units.first?.key == key(owner))
    #expect(
      trunks(order) == [
        key(4): .init(key: key(owner), step: 4), key(8): .init(key: key(owner), step: 8),
        key(last): .init(key: key(owner), step: 12),
      ])
    #expect(order.order(results: "/r").variants.filter { $0.trunk != nil }.count == 3)
  }

  @Test func whatDoesNotFitWaitsForTheRecord() throws {
    try begin()
    let order = try #require(try table.claim(lanes: 2))
    #expect(order.units.map(\.key) == [key(owner), key(4)])
    #expect(try table.claim(lanes: 2) == nil)
    _ = try progress(owner, order.token, step: 7)
    #expect(try state(8) == .blocked)
    _ = try progress(owner, order.token, step: 8)
    #expect(try state(8) == .ready)
    let second = try #require(try table.claim(lanes: 2))
    #expect(second.units.map(\.key) == [key(8)])
    try table.store.finish(
      key(owner), token: order.token, manifest: manifest(key(owner)), now: 60)
    #expect(try state(last) == .ready)
  }

  @Test(arguments: SeededRandom.drawn())
  func aCrashBeforeTheSplitCountsAgainstTheTrunkAlone(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    try begin()
    for attempt in 1...3 {
      let order = try #require(try table.claim(lanes: 4))
      #expect(order.units.count == 4)
      try table.store.begun(key(owner), token: order.token, step: 0, now: 20)
      for unit in order.units.shuffled(using: &random) {
        try table.store.fail(
          unit.key, token: order.token,
          Failure(
            code: "worker-crashed", message: "SIGSEGV", step: 0, outcome: .crashed, next: .again),
          now: 30)
      }
      #expect(try state(owner) == (attempt < 3 ? .ready : .failed))
    }
    // The forks found another trunk.
    let others = grid.taus.filter { $0 != owner }
    let states = try others.map { try state($0) }
    #expect(states.filter { $0 == .ready }.count == 1)
    #expect(states.filter { $0 == .blocked }.count == 2)
    #expect(try others.allSatisfy { try table.store.unit(key($0))?.attempts == 0 })
  }

  @Test func stepsOfAFailedTrunkAreKept() throws {
    try begin()
    let order = try #require(try table.claim(lanes: 1))
    _ = try progress(owner, order.token, step: 6)
    try table.store.fail(
      key(owner), token: order.token,
      Failure(code: "nan-in-latents", message: "NaN", step: 6, outcome: .failed, next: .never),
      now: 30)
    let next = try #require(try table.claim(lanes: 4))
    let trunks = trunks(next)
    #expect(trunks[key(4)] == .init(key: key(owner), step: 4))
    let heirs = next.units.filter { $0.trunk == .init(key: key(owner), step: 6) }
    #expect(heirs.count == 1, "one goes on from the last step, the other parts from it")
    #expect(trunks.values.filter { $0.key == heirs.first?.key }.map(\.step) == [8])
  }

  @Test func aTrunkThatIsNotWantedRunsToItsLastFork() throws {
    try begin()
    let order = try #require(try table.claim(lanes: 2))
    let cell = try #require(try table.store.cells(.unit(key(owner))).first)
    let cancelled = try table.store.cancel(
      .cells(sweep: cell.sweep, cells: [cell.id]), now: 40)
    #expect(cancelled.cells == 1 && cancelled.units.isEmpty)
    #expect(try state(owner) == .running)
    #expect(try progress(owner, order.token, step: 11).isEmpty)
    let drops = try progress(owner, order.token, step: 12)
    #expect(drops == [Drop(key: key(owner), token: order.token)])
    #expect(try state(owner) == .cancelled)
    #expect(try state(last) == .ready)
  }

  @Test func cancellingEverythingStopsTheTrunkToo() throws {
    try begin()
    _ = try #require(try table.claim(lanes: 2))
    _ = try table.store.cancel(.sweep(1), now: 40)
    #expect(try table.store.overview().variants == [.cancelled: 4])
  }

  @Test func anUnstartedTrunkThatIsCancelledLeavesItsPlace() throws {
    try begin()
    _ = try table.store.cancel(.unit(key(owner)), now: 40)
    let order = try #require(try table.claim(lanes: 4))
    #expect(order.units.count == 3 && order.units.filter { $0.trunk == nil }.count == 1)
    _ = try table.store.retry(.unit(key(owner)), now: 50)
    // What runs keeps its place; the old owner forks from what it parts from last.
    #expect(try table.claim(lanes: 4) == nil)
    _ = try progress(last, order.token, step: 12)
    let late = try #require(try table.claim(lanes: 4))
    #expect(late.units.map(\.key) == [key(owner)])
    #expect(late.units[0].trunk == .init(key: key(last), step: 12))
  }

  @Test func aDaemonsDeathSendsForksBackToWait() throws {
    try begin()
    _ = try #require(try table.claim(lanes: 4))
    try table.store.settle(now: 50) { _, found in found == key(owner) ? 8 : 0 }
    #expect(try state(owner) == .ready)
    #expect(try state(4) == .ready && state(8) == .ready)
    #expect(try state(last) == .blocked)
  }

  @Test func aTrajectoryThatIsLostIsNoTrunk() throws {
    try begin()
    let order = try #require(try table.claim(lanes: 1))
    try table.store.finish(
      key(owner), token: order.token, manifest: manifest(key(owner)), now: 20)
    let forks = try #require(try table.claim(lanes: 4))
    #expect(forks.units.count == 3)
    for unit in forks.units {
      try table.store.fail(
        unit.key, token: forks.token,
        Failure(
          code: "trunk-missing", message: "gone", step: 0, outcome: .failed, next: .again),
        now: 30)
    }
    let again = try #require(try table.claim(lanes: 4))
    #expect(again.units.count == 3)
    #expect(again.units.allSatisfy { $0.trunk?.key != key(owner) })
    #expect(again.units.filter { $0.trunk == nil }.count == 1)
  }

  @Test func aGridThatGrowsKeepsItsCells() throws {
    try begin()
    while try table.runHead(lanes: 4) != nil {}
    #expect(try table.store.overview().variants == [.done: 4])
    var more = grid
    more.taus = [4, 8, 10, 12, 16]
    let rehearsed = try table.store.rehearseGrowth(1, to: more.submission).submitted
    #expect(rehearsed.newUnits == [key(10)] && rehearsed.sharedSteps == [key(10): 10])
    let grown = try table.store.grow(1, to: more.submission, now: 90)
    #expect(grown.sweep == 1 && grown.cells == 1 && grown.newUnits == [key(10)])
    let detail = try table.store.sweep(1)
    #expect(detail.cells.map(\.column) == [0, 1, 2, 3, 4])
    #expect(detail.cells.map { $0.variant.key } == more.taus.map(key))
    let order = try #require(try table.claim())
    #expect(order.units.map(\.key) == [key(10)])
    #expect(order.units[0].trunk?.step == 10)
    let nothing = try table.store.grow(1, to: more.submission, now: 95)
    #expect(nothing.newUnits.isEmpty && nothing.cells == 0)
    #expect(throws: EditError.self) { try table.store.grow(1, to: grid.submission, now: 96) }
  }

  @Test func overlappingSweepsShareTheirTree() throws {
    try begin()
    var other = grid
    other.name = "other"
    other.taus = [8, 14]
    other.priority = 5
    let submitted = try table.enqueue(other)
    #expect(submitted.sharedSteps == [key(14): 14])
    let order = try #require(try table.claim(lanes: 5))
    #expect(order.units.count == 5 && order.units.filter { $0.trunk == nil }.count == 1)
  }
}
