import EditJobs
import GRDB
import JobStore
import Testing

/// What a claim costs does not grow with the queue.
@Suite struct PlanTests {
  static let expected: [String: [String]] = [
    "head": ["SCAN unit USING INDEX unit_ready"],
    "lanes": ["SEARCH unit USING INDEX unit_ready_source (source_id=?)"],
    "warm source": [
      "SEARCH unit USING INDEX unit_ready_source (source_id=? AND priority=? AND turn<?)",
      "SCALAR SUBQUERY 1", "SEARCH unit USING COVERING INDEX sqlite_autoindex_unit_1 (key=?)",
    ],
    "warm model": [
      "SEARCH unit USING INDEX unit_ready_model (model_id=? AND compute=? AND kernels=? "
        + "AND priority=? AND turn<?)",
      "SCALAR SUBQUERY 1", "SEARCH model USING COVERING INDEX sqlite_autoindex_model_1 (digest=?)",
    ],
    "forks": ["SEARCH unit USING INDEX unit_of_trunk (trunk_id=?)"],
    "unblocked": ["SEARCH unit USING INDEX unit_of_trunk (trunk_id=? AND trunk_step<?)"],
    "tree": [
      "SEARCH s USING INDEX signature_of_prompt (source_id=? AND prompt=?)",
      "SEARCH u USING INTEGER PRIMARY KEY (rowid=?)",
    ],
    "running": ["SCAN unit USING INDEX unit_running"],
    "waiting": ["SEARCH unit USING COVERING INDEX unit_of_source (source_id=? AND state=?)"],
    "wanted": ["SEARCH cell USING INDEX cell_wants (unit_id=?)"],
    // The daemon's loop: what is open, not what there is.
    "pulse": [
      "SEARCH control USING INTEGER PRIMARY KEY (rowid=?)", "SCALAR SUBQUERY 1",
      "SEARCH unit USING INDEX unit_due",
    ],
    "open": [
      "SCAN CONSTANT ROW", "SCALAR SUBQUERY 1", "SCAN u USING INDEX unit_revision",
      "SEARCH c USING INDEX cell_wants (unit_id=?)",
      "SCALAR SUBQUERY 2", "SCAN s USING INDEX unit_revision",
      "SEARCH u USING COVERING INDEX unit_of_source (source_id=? AND state=?)",
      "SEARCH c USING INDEX cell_wants (unit_id=?)",
    ],
    "open units": ["SCAN unit USING INDEX unit_revision"],
    "sizes": ["SCAN cell USING COVERING INDEX sqlite_autoindex_cell_1"],
    "census": ["SCAN unit USING COVERING INDEX unit_census"],
  ]

  @Test func theStatementsWalkTheirIndexes() throws {
    let table = try JobTable()
    try table.enqueue(Grid(seeds: Array(1...50)))
    let plans = try table.store.queryPlans()
    for (name, plan) in Self.expected { #expect(plans[name] == plan, "\(name)") }
    let showing = try #require(plans["showing"])
    #expect(!showing.contains { $0.hasPrefix("SCAN") && !$0.contains("SUBQUERY") }, "\(showing)")
    let due = try #require(plans["due"])
    #expect(due.contains { $0.contains("unit_due") })
    for (name, plan) in plans {
      // A union of a unit's sweeps is a handful of numbers.
      guard name != "showing" else { continue }
      #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(name) sorts")
      #expect(!plan.contains("SCAN unit"), "\(name) scans")
    }
  }

  /// Medians of interleaved claims and bare commits: a claim of four lanes is one commit and about
  /// 2 ms of work, for which a busy machine gets 25 ms.
  @Test func aClaimAmongTenThousandIsAFewCommits() throws {
    let table = try JobTable(onDisk: true)
    let taus = Array(1...1_000)
    for seed in 1...10 {
      try table.enqueue(Grid(name: "big", seeds: [UInt64(seed)], taus: taus, steps: 1_000))
    }
    // Equal turns: the sources come first.
    let sources = try (1...10).map { _ in try #require(try table.claim()) }
    for order in sources {
      #expect(order.isSource)
      try table.store.finish(
        order.sourceKey, token: order.token, manifest: manifest(order.sourceKey), now: 2)
    }
    #expect(try table.store.overview().variants == [.ready: 10_000])
    let clock = ContinuousClock()
    var (commits, claims): ([Duration], [Duration]) = ([], [])
    for turn in 0..<31 {
      // Another note each time: SQLite writes no page that does not change.
      let note = DaemonNote(pid: 1, startedMs: Int64(turn), boot: "b")
      commits.append(try clock.measure { try table.store.setDaemon(note) })
      claims.append(try clock.measure { _ = try table.claim(lanes: 4) })
    }
    #expect(try table.store.overview().variants[.running] == 4 * 31)
    let (commit, claim) = (commits.sorted()[15], claims.sorted()[15])
    #expect(
      claim < commit * 3 + .milliseconds(25), "a claim took \(claim), a commit \(commit)")
  }

  /// What the loop asks after every unit, in a sweep of ten thousand cells that is nearly done, beside
  /// what it asks in one of a hundred.
  @Test func theLoopsQuestionsDoNotGrowWithTheSweep() throws {
    func time(_ count: Int) throws -> Duration {
      let table = try JobTable()
      let grid = Grid(taus: Array(1...count), steps: 1_000)
      let sweep = try table.enqueue(grid).sweep
      try table.raw {
        try $0.execute(
          sql: """
            UPDATE unit SET state = 'done', step = steps, finished_ms = 1, manifest = zeroblob(32)
            WHERE id <> (SELECT max(id) FROM unit)
            """)
        try $0.execute(
          sql: "UPDATE unit SET state = 'ready' WHERE id = (SELECT max(id) FROM unit)")
      }
      let last = try #require(grid.submission.variants.last).key
      let clock = ContinuousClock()
      let times = try (0..<21).map { _ in
        try clock.measure {
          _ = try table.store.pulse()
          #expect(try !table.store.isSettled(.sweep(sweep)))
          #expect(try table.store.openUnits() == 1)
          #expect(try table.store.sweeps(showing: last) == [sweep])
        }
      }
      return times.sorted()[10]
    }
    let (small, large) = (try time(100), try time(999))
    #expect(large < small * 4 + .milliseconds(1), "\(small) and \(large)")
  }
}
