import EditJobs
import Foundation
import GRDB
import JobStore
import Testing

@Suite struct ClaimTests {
  let table: JobTable
  init() throws { table = try JobTable() }

  @Test func aSourceComesByItselfThenItsVariantsInLanes() throws {
    let grid = Grid()
    try table.enqueue(grid)
    let first = try #require(try table.claim(lanes: 8))
    #expect(first.isSource && first.units.map(\.key) == [grid.source(8).key])
    #expect(try table.claim(lanes: 8) == nil)
    try table.store.finish(
      grid.source(8).key, token: first.token, manifest: manifest(first.sourceKey), now: 2)
    let second = try #require(try table.claim(lanes: 2))
    #expect(second.units.map(\.key) == [4, 8].map { grid.variant(8, $0).key })
    #expect(second.units.map(\.edit) == [4, 8].map { grid.variant(8, $0).edit })
    #expect(second.source == grid.source(8).spec && second.sourceKey == grid.source(8).key)
    #expect(second.token > first.token)
    let third = try #require(try table.claim(lanes: 2))
    #expect(third.units.map(\.key) == [grid.variant(8, 12).key])
    let order = second.order(results: "/r", mapsBudget: 5)
    #expect(order.variants.map(\.key) == second.units.map(\.key))
    #expect(order.model == "/models/mini" && order.token == second.token)
    #expect(try table.claim() == nil)
  }

  @Test func theRoomForLanesIsAskedWithTheModelsFacts() throws {
    let grid = Grid()
    try table.enqueue(grid)
    try table.runHead()
    let order = try table.store.claim(place: "local/cpu0", now: 3) { model, source in
      #expect(model.facts == grid.facts && source == grid.source(8).spec)
      return 0
    }
    #expect(order?.units.count == 1, "at least one lane")
  }

  /// A source's steps of two rows, as its variants have them, or those of a photograph, of one row.
  @Test(arguments: [
    (12.0, false, 2), (31, false, 1), (0.5, false, 5), (0, false, 5), (6, true, 2), (12, true, 1),
  ])
  func aStepOfManyLanesStaysShort(_ seconds: Double, _ isPhotograph: Bool, _ lanes: Int) throws {
    var grid = Grid(taus: [1, 2, 3, 4, 5])
    if isPhotograph { grid.photograph = Photograph(image: Digest(of: "cat".utf8)) }
    try table.enqueue(grid)
    let source = try #require(try table.runHead())
    #expect(source.isSource)
    try table.raw { db in
      try db.execute(
        sql: "UPDATE attempt SET from_step = 0, to_step = 8, evaluations = ?, ms = ?",
        arguments: [isPhotograph ? 8 : 16, seconds * 8000])
    }
    #expect(try table.claim(lanes: 5)?.units.count == lanes)
  }

  @Test func variantsComeBeforeTheNextSourceOfTheSweep() throws {
    try table.enqueue(Grid(seeds: [1, 2], taus: [4, 8]))
    var seen: [String] = []
    while let order = try table.runHead() {
      seen.append("\(order.isSource ? "source" : "variant") \(order.source.seed)")
    }
    #expect(
      seen == ["source 1", "variant 1", "variant 1", "source 2", "variant 2", "variant 2"])
  }

  @Test func whatIsLoadedGoesFirstWithinAWindow() throws {
    let (mini, full) = (Grid(name: "a", model: "mini"), Grid(name: "b", model: "full"))
    try table.enqueue(mini)
    try table.enqueue(full)
    let digest = full.facts.digest
    let near = try #require(try table.claim(warm: Warm(LoadedModel(model: digest), window: 100)))
    #expect(near.model.digest == digest)
    // Too far behind the head, and a higher priority, both win over what is loaded.
    var late = Grid(name: "c", seeds: Array(10..<30), taus: [4], model: "other")
    try table.enqueue(late)
    let far = try #require(
      try table.claim(warm: Warm(LoadedModel(model: late.facts.digest), window: -1)))
    #expect(far.model.digest == mini.facts.digest)
    late = Grid(name: "d", seeds: [77], taus: [4], priority: 10)
    try table.enqueue(late)
    let urgent = try #require(
      try table.claim(warm: Warm(LoadedModel(model: digest), window: 10_000)))
    #expect(urgent.source.seed == 77)
  }

  @Test func theLoadedSourceGoesFirstWithinAWindow() throws {
    try table.enqueue(Grid(seeds: [1, 2], taus: [4, 8]))
    let one = try #require(try table.claim())
    let two = try #require(try table.claim())
    for order in [one, two] {
      try table.store.finish(
        order.sourceKey, token: order.token, manifest: manifest(order.sourceKey), now: 3)
    }
    let warm = Warm(two.loaded, source: two.sourceKey, window: 100)
    #expect(try table.claim(warm: warm)?.sourceKey == two.sourceKey)
    #expect(try table.claim()?.sourceKey == one.sourceKey)
  }

  @Test func barredModelsArePassedOver() throws {
    let (mini, full) = (Grid(name: "a", model: "mini"), Grid(name: "b", model: "full"))
    try table.enqueue(mini)
    try table.enqueue(full)
    func claim(barred: Set<Digest>, warm: Warm? = nil) throws -> ClaimedOrder? {
      try table.store.claim(place: "p", warm: warm, barred: barred, now: 5) { _, _ in 1 }
    }
    let both: Set = [mini.facts.digest, full.facts.digest]
    #expect(try claim(barred: both) == nil)
    let warm = Warm(LoadedModel(model: mini.facts.digest), window: 10_000)
    let other = try #require(try claim(barred: [mini.facts.digest], warm: warm))
    #expect(other.model.digest == full.facts.digest)
    #expect(try claim(barred: [mini.facts.digest]) == nil)
    #expect(try claim(barred: [full.facts.digest])?.model.digest == mini.facts.digest)
  }

  @Test func aPausedQueueGivesNothing() throws {
    try table.enqueue(Grid())
    try table.store.pause(reason: "disk", now: 2)
    #expect(try table.claim() == nil)
    #expect(try table.store.overview().pauseReason == "disk")
    try table.store.resume(now: 3)
    #expect(try table.claim() != nil)
  }

  @Test func aRowThatCannotBeReadDoesNotStopTheLine() throws {
    let grid = Grid(seeds: [1, 2])
    try table.enqueue(grid)
    try table.raw {
      try $0.execute(
        sql: "UPDATE unit SET spec = '{}' WHERE key = ?",
        arguments: [Data(grid.source(1).key.digest.bytes)])
    }
    let order = try #require(try table.claim())
    #expect(order.source.seed == 2)
    #expect(try table.store.unit(grid.source(1).key)?.errorCode == "job-table-damaged")
    #expect(try table.state(grid.variant(1, 4).key) == .failed)
  }
}
