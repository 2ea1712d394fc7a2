import EditJobs
import JobStore
import Testing

/// What happens to running units: progress, ends of all kinds, fences.
@Suite struct AttemptTests {
  let table: JobTable
  let grid = Grid()
  init() throws {
    table = try JobTable()
    try table.enqueue(grid)
  }

  var variants: [Key] { grid.taus.map { grid.variant(8, $0).key } }

  func failure(
    _ step: Int, _ outcome: AttemptOutcome = .crashed, _ next: Failure.Next = .again
  ) -> Failure {
    Failure(code: "worker-died", message: "signal 9", step: step, outcome: outcome, next: next)
  }

  @Test func aStaleTokenChangesNothing() throws {
    let order = try #require(try table.claim())
    let (key, stale) = (order.sourceKey, order.token)
    try table.store.giveBack([key], token: stale, now: 2)
    let fresh = try #require(try table.claim())
    #expect(fresh.token > stale)
    let before = (try table.store.unit(key), try table.store.lastEvent())
    #expect(try !table.store.finish(key, token: stale, manifest: manifest(key), now: 3))
    #expect(try table.store.fail(key, token: stale, failure(4), now: 3) == nil)
    #expect(try !table.store.park(key, token: stale, step: 4, now: 3))
    #expect(try !table.store.begun(key, token: stale, step: 4, now: 3))
    try table.store.progress(
      [UnitProgress(key: key, token: stale, step: 9, evaluations: 1, ms: 1)], now: 3)
    try table.store.giveBack([key], token: stale, now: 3)
    #expect(try table.store.unit(key) == before.0)
    #expect(try table.store.lastEvent() == before.1)
    #expect(try table.store.finish(key, token: fresh.token, manifest: manifest(key), now: 3))
  }

  @Test func aFinishedSourceUnblocksItsVariants() throws {
    let order = try #require(try table.runHead())
    let source = try #require(try table.store.unit(order.sourceKey))
    #expect(source.state == .done && source.step == 20)
    #expect(source.manifest == manifest(order.sourceKey) && source.finishedMs == 11)
    for key in variants { #expect(try table.state(key) == .ready) }
  }

  @Test func progressIsWrittenDown() throws {
    let order = try #require(try table.claim())
    try table.store.begun(order.sourceKey, token: order.token, step: 3, now: 2)
    let progress = UnitProgress(
      key: order.sourceKey, token: order.token, step: 7, evaluations: 8, ms: 400)
    try table.store.progress([progress], now: 3)
    #expect(try table.store.unit(order.sourceKey)?.step == 7)
    func seconds(_ width: Int = 64) throws -> Double? {
      try table.store.secondsPerEvaluation(
        LoadedModel(model: grid.facts.digest), width: width, height: 64)
    }
    #expect(try seconds() == nil)
    try table.store.park(order.sourceKey, token: order.token, step: 7, now: 4)
    #expect(try seconds() == 0.05)
    #expect(try seconds(128) == nil, "another picture size says nothing of this one")
    let resumed = try table.store.events().first { $0.kind == "resumed" }
    #expect(resumed?.step == 3 && resumed?.unit == order.sourceKey)
  }

  @Test func threeCrashesAloneAtOneStepPoison() throws {
    var states: [UnitState?] = []
    for _ in 0..<3 {
      let order = try #require(try table.claim())
      try table.store.begun(order.sourceKey, token: order.token, step: 5, now: 2)
      states.append(
        try table.store.fail(order.sourceKey, token: order.token, failure(5), now: 3))
    }
    #expect(states == [.ready, .ready, .failed])
    let source = try #require(try table.store.unit(grid.source(8).key))
    #expect(source.errorCode == "poisoned" && source.attempts == 3)
    // Its variants go with it, and say why.
    for key in variants {
      let variant = try table.store.unit(key)
      #expect(variant?.state == .failed && variant?.errorCode == "source-failed")
    }
    // Wanted again, it begins with a clean record.
    _ = try table.store.retry(.all, now: 4)
    #expect(try table.store.unit(grid.source(8).key)?.attempts == 0)
    #expect(try table.state(variants[0]) == .blocked)
  }

  @Test func aGainedStepIsNoProofAgainstAUnit() throws {
    for step in [2, 4, 6, 8, 10] {
      let order = try #require(try table.claim())
      #expect(
        try table.store.fail(order.sourceKey, token: order.token, failure(step), now: 3) == .ready)
    }
    #expect(try table.store.unit(grid.source(8).key)?.attempts == 0)
  }

  @Test func aCrashAmongSeveralMakesEachRunAlone() throws {
    try table.runHead()
    let order = try #require(try table.claim(lanes: 3))
    #expect(order.units.count == 3)
    for unit in order.units {
      #expect(try table.store.fail(unit.key, token: order.token, failure(0), now: 3) == .ready)
      #expect(try table.store.unit(unit.key)?.attempts == 0)
    }
    var alone: [Key] = []
    while let order = try table.claim(lanes: 3) {
      #expect(order.units.count == 1)
      alone += order.units.map(\.key)
    }
    #expect(alone == variants)
  }

  @Test func aNamedFailureCountsInAnyCompany() throws {
    try table.runHead()
    for attempt in 1...3 {
      let order = try #require(try table.claim(lanes: 3))
      let state = try table.store.fail(
        variants[0], token: order.token, failure(6, .failed), now: 3)
      #expect(state == (attempt == 3 ? .failed : .ready))
      try table.store.giveBack(Array(variants.dropFirst()), token: order.token, now: 3)
    }
    #expect(try table.store.unit(variants[0])?.errorCode == "poisoned")
    #expect(try table.state(variants[1]) == .ready)
  }

  @Test func laterMeansAtItsTime() throws {
    let order = try #require(try table.claim())
    try table.store.fail(
      order.sourceKey, token: order.token, failure(0, .failed, .later(dueMs: 500)), now: 3)
    #expect(try table.store.overview().nextDueMs == 500)
    #expect(try table.store.releaseDue(now: 499) == 0)
    #expect(try table.claim() == nil)
    #expect(try table.store.releaseDue(now: 500) == 1)
    #expect(try table.claim() != nil)
  }

  @Test func aClockThatJumpedKeepsNobodyWaiting() throws {
    let order = try #require(try table.claim())
    let due = Failure.Next.later(dueMs: 99_000_000)
    try table.store.fail(order.sourceKey, token: order.token, failure(0, .failed, due), now: 3)
    #expect(try table.store.releaseDue(now: 5) == 1)
  }

  @Test func theDaemonsDeathIsNoAttempt() throws {
    try table.runHead()
    let order = try #require(try table.claim(lanes: 2))
    try table.store.park(variants[1], token: order.token, step: 2, now: 3)
    let lost = try table.store.settle(now: 4) { kind, key in kind == .variant ? 6 : 0 }
    #expect(lost == [variants[0]])
    let unit = try #require(try table.store.unit(variants[0]))
    #expect(unit.state == .ready && unit.step == 6 && unit.attempts == 0)
    #expect(try table.store.unit(variants[1])?.step == 6)
    #expect(try table.state(variants[1]) == .parked)
    #expect(try table.store.release(now: 5) == 1)
    #expect(try table.state(variants[1]) == .ready)
  }

  @Test func damagedFilesAreMadeAgainForThoseWhoNeedThem() throws {
    try table.runHead()
    let order = try #require(try table.claim())
    #expect(try table.store.damaged(order.sourceKey, step: 4, now: 3))
    #expect(try table.state(order.sourceKey) == .ready)
    #expect(try table.store.unit(order.sourceKey)?.step == 4)
    #expect(try table.state(variants[0]) == .running)
    #expect(try table.state(variants[1]) == .blocked)
    // The one that ran meets its source when it ends.
    #expect(try table.store.fail(variants[0], token: order.token, failure(1), now: 4) == .blocked)
    while try table.runHead(lanes: 3) != nil {}
    #expect(try table.store.damaged(variants[0], step: 0, now: 5))
    #expect(try table.state(variants[0]) == .ready)
  }

  /// Once everything is done a source's picture is still shown by open cells, and by no others.
  @Test func aLostSourceIsMadeAgainForThoseWhoShowIt() throws {
    while try table.runHead(lanes: 3) != nil {}
    let source = grid.source(8).key
    #expect(try table.store.standing(.sweep(1)).isSettled)
    #expect(try table.store.damaged(source, step: 0, now: 5))
    let standing = try table.store.standing(.sweep(1))
    #expect(standing.open == 0 && standing.remade == standing.total && !standing.isSettled)
    #expect(try standing.word == "waiting" && !table.store.isSettled(.sweep(1)))
    #expect(try table.claim()?.sourceKey == source)
    _ = try table.store.settle(now: 6) { _, _ in 0 }
    try table.runHead()
    #expect(try table.store.standing(.sweep(1)).isSettled)
    #expect(try table.state(variants[0]) == .done)
  }

  @Test func aModelThatDoesNotStartFailsWhatWaitsForIt() throws {
    try table.enqueue(Grid(name: "other", seeds: [9], model: "full"))
    let failed = try table.store.failModel(
      LoadedModel(model: grid.facts.digest), code: "model-does-not-start", message: "last words",
      now: 3)
    #expect(Set(failed) == Set(variants + [grid.source(8).key]))
    #expect(try table.store.unit(variants[0])?.errorText == "last words")
    #expect(try table.claim()?.source.seed == 9)
  }
}
