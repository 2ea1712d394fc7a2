import EditJobs
import Files
import Foundation
import GRDB
import JobStore
import Testing

/// A job table of older numerics meets a program of newer ones.
@Suite struct UpgradeTests {
  static let today = Numerics.currentRevision
  static let old = Numerics(revision: Numerics.currentRevision - 1)

  /// A table whose programs made older numerics.
  private func oldTable() throws -> JobTable { try JobTable(revision: Self.old.revision) }

  private func old(_ change: (inout Grid) -> Void = { _ in }) -> Grid {
    var grid = Grid(seeds: [8, 9], numerics: Self.old)
    change(&grid)
    return grid
  }

  private func new(_ grid: Grid) -> Grid {
    var grid = grid
    grid.numerics.revision = Self.today
    return grid
  }

  /// The keys that a sweep's cells point at, in grid order.
  private func keys(_ table: JobTable, sweep: Int64 = 1) throws -> [Key] {
    try table.store.sweep(sweep).cells.map(\.variant.key)
  }

  private func runAll(_ table: JobTable, lanes: Int = 2) throws -> [ClaimedOrder] {
    var orders: [ClaimedOrder] = []
    while let order = try table.runHead(lanes: lanes, now: 200) { orders.append(order) }
    return orders
  }

  private func refusal(_ body: () throws -> Void) throws -> EditError {
    try #require(throws: EditError.self, performing: body)
  }

  /// The first source and one of its variants are done, another variant stands at step 7 and runs.
  private func halfDone(_ grid: Grid) throws -> (table: JobTable, done: Key, running: Key) {
    let table = try oldTable()
    try table.enqueue(grid)
    try table.runHead()
    let done = try #require(try table.runHead()).units[0].key
    let order = try #require(try table.claim())
    let running = order.units[0].key
    try table.store.begun(running, token: order.token, step: 0, now: 11)
    try table.store.progress(
      [UnitProgress(key: running, token: order.token, step: 7, evaluations: 14, ms: 7)], now: 12)
    try table.store.setMaps(order.sourceKey, bytes: 4_096, now: 12)
    return (table, done, running)
  }

  @Test(arguments: [true, false]) func whatIsQueuedBeginsAnewAndWhatIsFinishedStays(
    byTheDaemon: Bool
  ) throws {
    let grid = old()
    let (table, done, running) = try halfDone(grid)
    let before = try keys(table)
    try table.reopen(holdsLock: byTheDaemon)
    // Both sources, and every variant but the one that is done.
    #expect(table.store.renewed == 2 + 5)
    #expect(table.store.renewedRemark?.hasPrefix("7 queued units of older numerics begin") == true)
    let wanted = new(grid).submission.cells.map(\.variant)
    for (index, key) in try keys(table).enumerated() {
      #expect(key == (before[index] == done ? done : wanted[index]))
    }
    #expect(try table.state(done) == .done && table.state(grid.source(8).key) == .done)
    let left = try #require(try table.store.unit(running))
    #expect(left.state == .cancelled && left.errorCode == "numerics-older" && left.step == 7)
    #expect(left.errorText?.contains("is made in its place") == true)
    #expect(try table.state(grid.source(9).key) == .cancelled)
    // The maps of what is old are the first to go.
    #expect(try table.store.maps().map(\.hasOpenVariants) == [false])

    let orders = try runAll(table)
    #expect(orders.allSatisfy { $0.source.numerics == Numerics() })
    #expect(orders.flatMap(\.units).allSatisfy { $0.step == 0 })
    #expect(try table.store.standing(.sweep(1)).cells == [.done: 6])
    let made = Set(orders.flatMap(\.units).map(\.key))
    #expect(
      made
        == Set(wanted + [8, 9].map { new(grid).source($0).key }).subtracting([
          wanted[before.firstIndex(of: done) ?? 0]
        ]))
    for order in orders where !order.isSource {
      #expect(order.units.allSatisfy { $0.edit?.key(source: order.sourceKey) == $0.key })
    }
    // It is said.
    let events = try table.store.events(limit: 10_000)
    #expect(events.filter { $0.kind == "renewed" }.count == 7)
    let line = try #require(events.first { $0.kind == "renewed" && $0.unitKind == .variant })
    #expect(line.detail?.hasSuffix(" of numerics \(Self.old.revision)") == true)
    #expect(events.contains { $0.kind == "upgraded" && $0.detail?.hasPrefix("7 units") == true })
  }

  @Test func theSecondOpeningFindsNothingToDo() throws {
    let (table, _, _) = try halfDone(old())
    try table.reopen()
    let rows = try table.raw { try Int.fetchOne($0, sql: "SELECT count(*) FROM unit") }
    for holdsLock in [true, false] {
      try table.reopen(holdsLock: holdsLock)
      #expect(table.store.renewed == 0 && table.store.renewedRemark == nil)
    }
    #expect(try table.raw { try Int.fetchOne($0, sql: "SELECT count(*) FROM unit") } == rows)
    #expect(try table.store.standing(.sweep(1)).cells[.cancelled] == nil)
  }

  @Test func nobodyUpgradesUnderARunningDaemon() throws {
    let (table, _, running) = try halfDone(old())
    do {
      let lock = try FolderLock.take(table.folder)
      let error = try refusal { _ = try JobStore(table.folder) }
      #expect(error.code == "numerics-older" && error.status == .configuration)
      #expect(error.hint?.contains("restart the daemon") == true)
      withExtendedLifetime(lock) {}
    }
    #expect(try table.state(running) == .running)
  }

  @Test func anOlderProgramIsRefusedByANewerTable() throws {
    let table = try oldTable()
    try table.enqueue(old())
    // It has the table open while a newer one upgrades it.
    let late = table.store
    let newer = try JobStore(table.folder, now: 100)
    defer { try? newer.close() }
    let error = try refusal { _ = try late.enqueue(old().submission, owner: 1, now: 101) }
    #expect(error.code == "numerics-newer" && error.status == .configuration)
    #expect(
      error.what.contains(
        "revision \(Self.today), this program makes revision \(Self.old.revision)"))
    #expect(try refusal { _ = try table.claim() }.code == "numerics-newer")
    for holdsLock in [true, false] {
      let error = try refusal {
        _ = try JobStore(table.folder, holdsLock: holdsLock, revision: Self.old.revision)
      }
      #expect(error.code == "numerics-newer")
    }
  }

  /// A program that opened the table before its upgrade, and of which no guard knows.
  @Test func whatAnOlderProgramQueuesLateIsMadeAnewWhenItIsClaimed() throws {
    let table = try JobTable()
    let grid = old { $0.shares = true }
    try table.enqueue(grid)
    // One that does not even say of which numerics its rows are.
    try table.raw { try $0.execute(sql: "UPDATE unit SET revision = 0 WHERE id % 2 = 0") }
    let orders = try runAll(table)
    #expect(orders.allSatisfy { $0.source.numerics == Numerics() })
    #expect(Set(try keys(table)) == Set(new(grid).submission.cells.map(\.variant)))
    #expect(try table.store.standing(.sweep(1)).cells == [.done: 6])
    #expect(try table.store.units(in: .ready).isEmpty && table.store.units(in: .blocked).isEmpty)
  }

  @Test func rowsThatDoNotSayAndAreOfTodayGoOn() throws {
    let table = try JobTable()
    let grid = Grid()
    try table.enqueue(grid)
    try table.runHead()
    try table.raw { try $0.execute(sql: "UPDATE unit SET revision = 0") }
    try table.reopen()
    #expect(table.store.renewed == 0)
    #expect(try runAll(table).allSatisfy { !$0.isSource })
    #expect(try keys(table) == grid.submission.cells.map(\.variant))
  }

  /// Trunks are planned anew, and every fork finds the steps that it shares among the new ones.
  @Test func treesArePlannedAnew() throws {
    let grid = old { ($0.seeds, $0.shares, $0.taus) = ([8], true, [4, 8, 12, 16]) }
    let table = try oldTable()
    try table.enqueue(grid)
    try table.runHead()
    let order = try #require(try table.claim(lanes: 4))
    try table.store.progress(
      order.units.map {
        UnitProgress(key: $0.key, token: order.token, step: 5, evaluations: 10, ms: 5)
      }, now: 12)
    try table.reopen()
    let fresh = try JobTable()
    try fresh.enqueue(new(grid))
    let sql = """
      SELECT hex(u.key) || ' ' || coalesce(hex(t.key), '-') || ' ' || coalesce(u.trunk_step, '-')
        || ' ' || u.state
      FROM unit u LEFT JOIN unit t ON t.id = u.trunk_id WHERE u.revision = ? AND u.kind = 'variant'
      """
    func plan(_ table: JobTable) throws -> Set<String> {
      try table.raw { try String.fetchSet($0, sql: sql, arguments: [Self.today]) }
    }
    #expect(try plan(table) == plan(fresh))
    #expect(try plan(table).contains { !$0.contains(" - ") })
    let steps = try runAll(table, lanes: 1).flatMap(\.units)
    #expect(steps.count == 5)
  }

  @Test func kernelsStayAndPrioritiesToo() throws {
    let table = try oldTable()
    let grid = old {
      $0.numerics = Numerics(mode: .native, revision: Self.old.revision, kernels: "A 1 B")
      $0.priority = 7
    }
    try table.enqueue(grid)
    _ = try table.store.pause(sweep: 1, now: 2)
    try table.reopen()
    let units = try table.store.units(in: .ready) + table.store.units(in: .blocked)
    #expect(units.count == 8 && units.allSatisfy { $0.priority == 7 })
    let spec = try table.store.sourceSpec(new(grid).source(8).key)
    #expect(spec?.numerics.text == "native \(Self.today) A 1 B")
    // A paused sweep still waits.
    #expect(try table.claim() == nil)
    _ = try table.store.resume(sweep: 1, now: 101)
    #expect(try runAll(table).count > 2)
  }

  @Test func aRowThatCannotBeReadStopsNobodyElse() throws {
    let table = try oldTable()
    let grid = old { $0.seeds = [8] }
    try table.enqueue(grid)
    try table.runHead()
    let bad = grid.variant(8, 8).key
    try table.raw {
      try $0.execute(
        sql: "UPDATE unit SET spec = '{' WHERE key = ?", arguments: [Data(bad.digest.bytes)])
    }
    try table.reopen()
    #expect(table.store.renewed == 1 + 2)
    _ = try runAll(table)
    #expect(try table.store.standing(.sweep(1)).cells == [.done: 2, .failed: 1])
    #expect(try table.store.unit(bad)?.errorCode == "job-table-damaged")
  }

  /// A table from before there was a revision in it.
  @Test func aTableOfAnOlderSchemaIsUpgradedInOne() throws {
    let table = try JobTable()
    try table.store.close()
    try FileManager.default.removeItem(atPath: table.folder.database)
    let grid = old { ($0.seeds, $0.numerics) = ([8], Numerics(revision: 1)) }
    let (source, done, open) = (grid.source(8), grid.variant(8, 4), grid.variant(8, 8))
    let encoder = JSONEncoder()
    func json(_ value: some Encodable) throws -> String {
      String(decoding: try encoder.encode(value), as: UTF8.self)
    }
    var facts = try #require(
      try JSONSerialization.jsonObject(with: encoder.encode(grid.facts)) as? [String: Any])
    facts["latentChannels"] = nil
    let oldFacts = String(
      decoding: try JSONSerialization.data(withJSONObject: facts), as: UTF8.self)
    try table.raw { db in
      for name in Migrations.names.prefix(8) {
        try db.execute(
          sql: try String(
            contentsOf: OpeningTests.migrations.appending(path: name), encoding: .utf8))
      }
      try db.execute(
        sql: """
          INSERT INTO model VALUES (1, ?, 'sd1', '/models/mini', 1);
          INSERT INTO model_facts VALUES (1, 64, 64, ?);
          INSERT INTO unit (id, kind, key, model_id, steps, step, state, turn, created_ms, finished_ms,
            manifest, spec) VALUES (1, 'source', ?, 1, 20, 20, 'done', 20, 1, 2, ?, ?);
          INSERT INTO unit (id, kind, key, model_id, source_id, steps, step, state, turn, created_ms,
            finished_ms, manifest, spec) VALUES (2, 'variant', ?, 1, 1, 20, 20, 'done', 40, 1, 2, ?, ?);
          INSERT INTO unit (id, kind, key, model_id, source_id, steps, step, state, turn, token,
            created_ms, spec) VALUES (3, 'variant', ?, 1, 1, 20, 9, 'running', 60, 5, 1, ?);
          INSERT INTO attempt (unit_id, token, place, from_step, claimed_ms)
            VALUES (3, 5, 'local/cpu0', 0, 2);
          INSERT INTO sweep (id, name, owner_uid, request_hash, request, axes, created_ms)
            VALUES (1, 'old', 1, ?, '{}', '[]', 1);
          INSERT INTO cell (sweep_id, role, coord, row, col, page, label, unit_id)
            VALUES (1, 'cell', '[{"axis":"a","value":"1"}]', 0, 0, 0, '', 2),
              (1, 'cell', '[{"axis":"a","value":"2"}]', 0, 1, 0, '', 3);
          PRAGMA user_version = 8;
          """,
        arguments: [
          Data(grid.facts.digest.bytes), oldFacts, Data(source.key.digest.bytes),
          Data(manifest(source.key).bytes), try json(source.spec), Data(done.key.digest.bytes),
          Data(manifest(done.key).bytes), try json(done.edit), Data(open.key.digest.bytes),
          try json(open.edit), Data(manifest(source.key).bytes),
        ])
    }
    try table.reopen()
    #expect(table.store.renewed == 2)
    #expect(try keys(table) == [done.key, new(grid).variant(8, 8).key])
    let attempts = try table.raw {
      try String.fetchAll($0, sql: "SELECT outcome FROM attempt WHERE ended_ms IS NOT NULL")
    }
    #expect(attempts == ["lost"])
    let orders = try runAll(table)
    #expect(orders.map(\.isSource) == [true, false])
    #expect(orders.allSatisfy { $0.model.facts.latentChannels == 4 })
  }
}
