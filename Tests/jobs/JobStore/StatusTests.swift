import EditJobs
import Files
import JobStore
import Testing

@Suite struct StatusTests {
  let table: JobTable
  let grid = Grid(seeds: [1, 2])
  let sweep: Int64
  init() throws {
    table = try JobTable()
    sweep = try table.enqueue(grid).sweep
  }

  func refusal(_ target: String) -> EditError? {
    #expect(throws: EditError.self) { try table.store.resolve(target) }
  }

  @Test func theQueueInNumbers() throws {
    try table.runHead()
    _ = try table.claim()
    let overview = try table.store.overview()
    #expect(overview.sources == [.done: 1, .ready: 1])
    #expect(overview.variants == [.running: 1, .ready: 2, .blocked: 3])
    #expect(overview.open == 7 && !overview.isPaused && overview.daemon == nil)
    let note = DaemonNote(
      pid: 12, startedMs: 3, boot: "b", workers: [.init(place: "local/cpu0", lanes: 2)])
    try table.store.setDaemon(note)
    #expect(try table.store.overview().daemon == note)
    try table.store.setDaemon(nil)
    #expect(try table.store.overview().daemon == nil)
  }

  @Test func aSweepInNumbers() throws {
    try table.runHead()
    let order = try #require(try table.claim())
    try table.store.progress(
      [UnitProgress(key: order.units[0].key, token: order.token, step: 5, evaluations: 5, ms: 5)],
      now: 3)
    let summary = try #require(try table.store.sweeps().first)
    #expect(summary.folder == "crown-\(sweep)" && summary.owner == 1_000)
    #expect(summary.standing.cells == [.running: 1, .ready: 2, .blocked: 3])
    #expect(summary.standing.stepsDone == 25 && summary.standing.stepsTotal == 160)
    #expect(summary.standing.word == "running" && !summary.standing.isSettled)
    while try table.runHead(lanes: 9) != nil {}
    try table.store.finish(
      order.units[0].key, token: order.token, manifest: manifest(order.sourceKey), now: 9)
    #expect(try table.store.standing(.sweep(sweep)).isSettled)
    #expect(try table.store.standing(.unit(order.sourceKey)).word == "done")
  }

  @Test func targets() throws {
    let other = try table.enqueue(Grid(name: "crown", taus: [12])).sweep
    #expect(try table.store.resolve("all") == .all)
    #expect(try table.store.resolve("\(sweep)") == .sweep(sweep))
    #expect(try table.store.resolve("crown") == .sweep(other))
    #expect(try table.store.resolve("@last") == .sweep(other))
    let cells = try table.store.cells(.sweep(sweep))
    let place = Target.cells(sweep: sweep, cells: [cells[5].id])
    #expect(try table.store.resolve("\(sweep):r2c3") == place)
    #expect(try table.store.resolve("\(sweep):seed=2,tau=0.6") == place)
    #expect(try table.store.resolve("\(sweep):tau=.60,seed=2") == place)
    let column = try table.store.cells(try table.store.resolve("\(sweep):tau=0.6"))
    #expect(column.map(\.place) == ["r1c3", "r2c3"])
    let key = grid.variant(2, 12).key
    #expect(try table.store.resolve("v-\(key.description.prefix(12))") == .unit(key))
    #expect(try table.store.cells(.unit(key)).map(\.place) == ["r2c3"])
    #expect(try table.store.cells(.unit(grid.source(1).key)).count == 3)
  }

  @Test func targetsThatAreNone() throws {
    #expect(refusal("99")?.status == .missing)
    #expect(refusal("nothing")?.code == "no-such-sweep")
    #expect(refusal("\(sweep):r9c9")?.code == "no-such-cell")
    #expect(refusal("\(sweep):r0c1")?.code == "no-such-cell")
    #expect(refusal("\(sweep):tau=7")?.details == ["it has 0.2, 0.4, 0.6"])
    #expect(refusal("\(sweep):mood=7")?.code == "no-such-axis")
    #expect(refusal("v-0000")?.code == "no-such-unit")
    // A source is no variant.
    #expect(refusal("v-\(grid.source(1).key.short)")?.code == "no-such-unit")
  }

  @Test func prefixesThatNameSeveralAreListed() throws {
    // Enough units for two to share four digits: about one pair in every 360.
    try table.enqueue(Grid(name: "many", seeds: [5], taus: Array(1..<1_000), steps: 1_000))
    let names = try table.store.units(in: .blocked).map { String($0.key.description.prefix(4)) }
    let counts = Dictionary(grouping: names) { $0 }
    let twice = try #require(counts.first { $0.value.count > 1 }?.key)
    let error = refusal("v-\(twice)")
    #expect(error?.code == "ambiguous-target")
    #expect(error?.details.allSatisfy { $0.hasPrefix("v-\(twice)") } == true)
  }

  @Test func textsByOrdinal() throws {
    var submission = Grid(name: "texts", taus: [4]).submission
    submission.axes = [SweepAxis(name: "to", values: ["a fox, red", "a cat"])]
    submission.cells = submission.axes[0].values.enumerated().map { index, text in
      Submission.Cell(
        coordinates: [Coordinate(axis: "to", value: text)], row: 0, column: index, page: 0,
        variant: submission.variants[0].key, label: "")
    }
    let id = try table.store.enqueue(submission, owner: 1, now: 1).sweep
    for target in ["to=1", "to=a fox, red", "r1c1"] {
      let cells = try table.store.cells(try table.store.resolve("\(id):\(target)"))
      #expect(cells.map(\.place) == ["r1c1"], "\(target)")
    }
    #expect(refusal("\(id):to=3")?.code == "no-such-value")
  }

  @Test func resultsKnowWhatWasAsked() throws {
    let order = try #require(try table.runHead())
    let next = try #require(try table.claim())
    let key = next.units[0].key
    try table.store.progress(
      [UnitProgress(key: key, token: next.token, step: 20, evaluations: 40, ms: 9)], now: 12)
    try table.store.finish(key, token: next.token, manifest: manifest(key), now: 2_010)
    let rows = try table.store.sweepResults(sweep).rows
    #expect(rows.count == 6)
    #expect(rows[0].cell.place == "r1c1" && rows[0].cell.state == .done)
    #expect(rows[0].source == order.source && rows[0].edit == next.units[0].edit)
    #expect(rows[0].evaluations == 40 && rows[0].seconds == 2)
    #expect(rows[0].modelFolder == "/models/mini" && rows[0].name == "crown")
    #expect(rows[5].source.seed == 2 && rows[5].evaluations == 0)
  }

  @Test func mapsGoLeastRecentlyUsedFirst() throws {
    let orders = [try #require(try table.claim()), try #require(try table.claim())]
    for order in orders {
      try table.store.finish(
        order.sourceKey, token: order.token, manifest: manifest(order.sourceKey), now: 3)
      try table.store.setMaps(order.sourceKey, bytes: 100, now: 3)
    }
    // Variants of the first run now, and use its maps.
    let (one, two) = (grid.source(1).key, grid.source(2).key)
    _ = try table.claim(now: 50)
    #expect(try table.store.maps().map(\.source) == [two, one])
    #expect(try table.store.maps().allSatisfy(\.hasOpenVariants))
    _ = try table.store.cancel(.unit(one), now: 60)
    #expect(try table.store.maps().map(\.source) == [one, two])
    try table.store.evictedMaps(one, now: 70)
    #expect(try table.store.maps().map(\.bytes) == [100])
    #expect(try table.store.events().last?.kind == "evicted")
    try table.store.setMaps(two, bytes: 0, now: 80)
    #expect(try table.store.maps().isEmpty)
  }

  @Test func eventsTellTheStory() throws {
    try table.runHead()
    let key = grid.source(1).key
    let events = try table.store.events()
    #expect(events.first?.kind == "submitted")
    let story = events.filter { $0.unit == key }
    #expect(story.map(\.kind) == ["claimed", "finished"])
    #expect(story.map(\.to) == [.running, .done] && story.map(\.from) == [.ready, .running])
    let last = try table.store.lastEvent()
    #expect(try table.store.events(after: last).isEmpty)
    try table.store.log("worker-started", detail: "pid 7", now: 9)
    #expect(try table.store.events(after: last).map(\.detail) == ["pid 7"])
  }

  @Test func theLastInspectionOfASizeIsRemembered() throws {
    let store = table.store
    var found = Inspection(
      facts: grid.facts, files: [StampedFile("/dev/null"), StampedFile("/no/such")], cache: nil,
      isLasting: true)
    try store.setInspection(folder: "/m", size: "64x64", found, now: 1)
    #expect(try store.inspection(folder: "/m", size: "64x64") == found)
    #expect(try store.inspection(folder: "/m", size: "") == nil)
    #expect(try store.inspection(folder: "/n", size: "64x64") == nil)
    found.cache = "/hub"
    try store.setInspection(folder: "/m", size: "64x64", found, now: 2)
    #expect(try store.inspection(folder: "/m", size: "64x64") == found)
  }
}
