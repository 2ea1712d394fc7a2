import EditJobs
import Files
import Foundation
import JobStore
import Testing

/// What verbs do with results of older numerics after an upgrade.
@Suite struct OlderResultsTests {
  private static let old = Numerics(revision: Numerics.currentRevision - 1)

  private func grid(_ numerics: Numerics, taus: [Int] = [4, 8]) -> Grid {
    Grid(taus: taus, numerics: numerics)
  }

  /// A sweep of one source and two variants under older numerics, each of them run as `run` says.
  private func table(_ run: (JobTable) throws -> Void) throws -> JobTable {
    let table = try JobTable(revision: Self.old.revision)
    try table.enqueue(grid(Self.old))
    try run(table)
    try table.reopen()
    return table
  }

  private func finished() throws -> JobTable {
    try table { while try $0.runHead(lanes: 2) != nil {} }
  }

  private func keys(_ table: JobTable, sweep: Int64 = 1) throws -> [Key] {
    try table.store.sweep(sweep).cells.map(\.variant.key)
  }

  private func fail(_ table: JobTable) throws {
    try table.runHead()
    while let order = try table.claim(lanes: 2) {
      for unit in order.units {
        try table.store.fail(
          unit.key, token: order.token,
          Failure(code: "worker-failed", message: "no", step: 3, outcome: .failed, next: .never),
          now: 12)
      }
    }
  }

  @Test func finishedSweepsStay() throws {
    let table = try finished()
    #expect(table.store.renewed == 0)
    #expect(try keys(table) == grid(Self.old).submission.cells.map(\.variant))
    #expect(try table.store.standing(.sweep(1)).cells == [.done: 2])
  }

  /// A resubmission asks for today's pictures: nothing of the old sweep is taken, nothing of it changes.
  @Test func aResubmissionMakesEverythingAnew() throws {
    let table = try finished()
    let submitted = try table.enqueue(grid(Numerics()), now: 101)
    #expect(submitted.newUnits.count == 3 && submitted.doneUnits.isEmpty)
    #expect(try keys(table, sweep: 2) == grid(Numerics()).submission.cells.map(\.variant))
    #expect(try keys(table) == grid(Self.old).submission.cells.map(\.variant))
  }

  /// The same submission by its client's key is the sweep that is there, as it is by now.
  @Test func aRepeatedSubmissionFindsTheUpgradedSweep() throws {
    let table = try JobTable(revision: Self.old.revision)
    func keyed(_ numerics: Numerics) -> Grid {
      Grid(taus: [4, 8], clientKey: "again", numerics: numerics)
    }
    try table.enqueue(keyed(Self.old))
    for _ in 0..<2 { try table.runHead() }
    try table.reopen()
    let again = try table.enqueue(keyed(Numerics()), now: 101)
    #expect(!again.created && again.sweep == 1 && again.newUnits.isEmpty)
    #expect(again.doneUnits.count == 2 && again.sharedUnits.count == 2)
    #expect(try table.store.rehearse(keyed(Numerics()).submission, owner: 1_000) == again)
  }

  @Test func aGrownSweepKeepsItsCellsAndGetsNewOnesFromANewSource() throws {
    let table = try finished()
    let wide = grid(Numerics(), taus: [4, 8, 12])
    let rehearsed = try table.store.rehearseGrowth(1, to: wide.submission)
    #expect(rehearsed.submitted.olderCells == 2 && rehearsed.added.sources.count == 1)
    let submitted = try table.store.grow(1, to: wide.submission, now: 101)
    #expect(submitted.newUnits.count == 2 && submitted.olderCells == 2)
    let old = grid(Self.old)
    #expect(
      try keys(table) == [old.variant(8, 4).key, old.variant(8, 8).key, wide.variant(8, 12).key])
    let orders = [try #require(try table.runHead()), try #require(try table.runHead())]
    #expect(orders.map(\.sourceKey) == [wide.source(8).key, wide.source(8).key])
    #expect(try table.state(wide.source(8).key) == .done)
    // Growing again finds them all, and another edit in their place is still refused.
    #expect(try table.store.grow(1, to: wide.submission, now: 102).olderCells == 2)
    var other = wide
    other.prompt = "a dog wearing a crown"
    let error = #expect(throws: EditError.self) {
      try table.store.grow(1, to: other.submission, now: 103)
    }
    #expect(error?.code == "sweep-differs")
  }

  @Test func aRetryMakesFailedCellsAnew() throws {
    let table = try table(fail)
    #expect(table.store.renewed == 0)
    #expect(try table.store.standing(.sweep(1)).cells == [.failed: 2])
    let keys = try table.store.retry(.sweep(1), now: 101)
    let wanted = grid(Numerics()).submission.cells.map(\.variant)
    #expect(Set(keys) == Set(wanted) && keys.count == 2)
    #expect(try self.keys(table) == wanted)
    #expect(
      try table.store.units(in: .failed).map(\.key).count == 2, "what failed is not forgotten")
    while let order = try table.runHead(lanes: 2) { #expect(order.source.numerics == Numerics()) }
    #expect(try table.store.standing(.sweep(1)).cells == [.done: 2])
  }

  @Test func aRetryFindsWhatAResubmissionHasMade() throws {
    let table = try table(fail)
    try table.enqueue(grid(Numerics()), now: 101)
    while try table.runHead(lanes: 2) != nil {}
    #expect(try table.store.retry(.sweep(1), now: 102).isEmpty)
    #expect(try keys(table) == keys(table, sweep: 2))
    #expect(try table.store.standing(.sweep(1)).cells == [.done: 2])
  }

  @Test func cancelledCellsComeBackAnew() throws {
    let table = try table { table in
      try table.runHead()
      _ = try table.store.cancel(.sweep(1), now: 12)
    }
    #expect(table.store.renewed == 0)
    #expect(try table.store.retry(.sweep(1), now: 101).count == 2)
    while let order = try table.runHead(lanes: 2) { #expect(order.source.numerics == Numerics()) }
    #expect(try table.store.standing(.sweep(1)).cells == [.done: 2])
  }

  @Test func aLostVariantIsMadeUnderANewKey() throws {
    let table = try finished()
    let lost = grid(Self.old).variant(8, 4).key
    #expect(try table.store.damaged(lost, step: 3, now: 101))
    let new = grid(Numerics()).variant(8, 4).key
    #expect(try keys(table) == [new, grid(Self.old).variant(8, 8).key])
    let left = try #require(try table.store.unit(lost))
    #expect(left.state == .cancelled && left.errorCode == "numerics-older")
    #expect(left.errorText?.contains("v-\(new.description.prefix(6))") == true)
    #expect(try table.runHead()?.units.map(\.key) == [grid(Numerics()).source(8).key])
    #expect(try table.runHead()?.units.map(\.key) == [new])
    #expect(try table.runHead() == nil)
    #expect(try table.store.damaged(lost, step: 0, now: 103) == false)
  }

  /// Nothing that is finished needs its source again.
  @Test func aLostSourceIsNobodysLoss() throws {
    let table = try finished()
    #expect(try table.store.damaged(grid(Self.old).source(8).key, step: 3, now: 101) == false)
    #expect(try table.runHead() == nil)
  }

  @Test func aLostSourceOfLateVariantsIsMadeUnderANewKey() throws {
    let table = try finished()
    // An older program's, which nobody has claimed yet.
    try table.enqueue(Grid(name: "late", taus: [12], numerics: Self.old), now: 101)
    #expect(try table.store.damaged(grid(Self.old).source(8).key, step: 3, now: 102))
    #expect(try table.state(grid(Self.old).source(8).key) == .cancelled)
    while let order = try table.runHead() { #expect(order.source.numerics == Numerics()) }
    #expect(try keys(table, sweep: 2) == [grid(Numerics()).variant(8, 12).key])
    #expect(try table.store.standing(.sweep(2)).cells == [.done: 1])
  }
}
