import EditJobs
import Foundation
import GRDB
import JobStore
import Testing

/// Units of several compute types in one queue, and what is known of the workers' CPUs.
@Suite struct ComputeTests {
  private let table: JobTable
  private let wide = Grid(name: "wide")
  private let narrow = Grid(name: "narrow", compute: .bf16)

  init() throws { table = try JobTable() }

  private func warm(_ compute: ComputeType, window: Int64 = 500) -> Warm {
    Warm(LoadedModel(model: wide.facts.digest, compute: compute), window: window)
  }

  @Test func aWorkerGoesOnWithTheTypeItsModelIsLoadedIn() throws {
    try table.enqueue(wide)
    try table.enqueue(narrow)
    let first = try #require(try table.claim(warm: warm(.bf16)))
    #expect(first.source.compute == .bf16)
    // Behind the window, and where nothing of its type waits, the head goes first.
    #expect(try table.claim(warm: warm(.bf16, window: -1))?.source.compute == .f32)
    try table.enqueue(Grid(name: "more", seeds: [9]))
    #expect(try table.claim(warm: warm(.bf16))?.source.compute == .f32)
  }

  @Test func aTypeThatDoesNotStartFailsItsOwnUnitsAlone() throws {
    try table.enqueue(wide)
    try table.enqueue(narrow)
    let failed = try table.store.failModel(
      LoadedModel(model: wide.facts.digest, compute: .bf16), code: "dtype-unavailable",
      message: "no such CPU", now: 3)
    #expect(
      Set(failed) == Set([narrow.source(8).key] + narrow.taus.map { narrow.variant(8, $0).key }))
    #expect(try table.store.unit(narrow.source(8).key)?.errorCode == "dtype-unavailable")
    #expect(try table.state(wide.source(8).key) == .ready)
  }

  @Test func timesOfOneTypeSayNothingOfAnother() throws {
    try table.enqueue(narrow)
    let order = try #require(try table.claim())
    let progress = UnitProgress(
      key: order.sourceKey, token: order.token, step: 4, evaluations: 8, ms: 400)
    try table.store.begun(order.sourceKey, token: order.token, step: 0, now: 2)
    try table.store.progress([progress], now: 3)
    try table.store.park(order.sourceKey, token: order.token, step: 4, now: 4)
    func seconds(_ compute: ComputeType) throws -> [Double?] {
      let loaded = LoadedModel(model: narrow.facts.digest, compute: compute)
      return [
        try table.store.secondsPerEvaluation(loaded, width: 64, height: 64),
        try table.store.stepSeconds(
          loaded, width: 64, height: 64, lanes: 1),
      ]
    }
    #expect(try seconds(.bf16) == [0.05, 0.1])
    #expect(try seconds(.f32) == [nil, nil])
  }

  @Test func theCPUsAreThoseOfTheLastDaemon() throws {
    #expect(try table.store.workerCPUs() == [])
    let two = [
      WorkerCPU(place: "local", name: "Zen 4", hasBF16: true),
      WorkerCPU(place: "node7", name: "", hasBF16: false),
    ]
    try table.store.setWorkerCPUs(two, now: 1)
    #expect(try table.store.workerCPUs() == two)
    let one = [WorkerCPU(place: "local", name: "Zen 5", hasBF16: true)]
    try table.store.setWorkerCPUs(one, now: 2)
    #expect(try table.store.workerCPUs() == one)
  }

  /// A job table of schema 7, with a source and a variant that wait.
  @Test func anOldTablesUnitsAreF32() throws {
    let folder = StateFolder(
      path: FileManager.default.temporaryDirectory.path + "/p2p-old-\(UUID().uuidString)")
    try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder.path) }
    let (model, source, variant) = (wide.facts, wide.source(8), wide.variant(8, 4))
    let encoder = JSONEncoder()
    func json(_ value: some Encodable) throws -> String {
      String(decoding: try encoder.encode(value), as: UTF8.self)
    }
    let old = try DatabaseQueue(path: folder.database)
    try old.write { db in
      for name in Migrations.names.prefix(7) {
        try db.execute(
          sql: try String(
            contentsOf: OpeningTests.migrations.appending(path: name), encoding: .utf8))
      }
      try db.execute(
        sql: """
          INSERT INTO model VALUES (1, ?, 'sd1', '/models/mini', 1);
          INSERT INTO model_facts VALUES (1, 64, 64, ?);
          INSERT INTO unit (id, kind, key, model_id, steps, state, turn, created_ms, spec)
            VALUES (1, 'source', ?, 1, 20, 'ready', 20, 1, ?);
          INSERT INTO unit (id, kind, key, model_id, source_id, steps, state, turn, created_ms, spec)
            VALUES (2, 'variant', ?, 1, 1, 20, 'blocked', 40, 1, ?);
          PRAGMA user_version = 7;
          """,
        arguments: [
          Data(model.digest.bytes), try json(model), Data(source.key.digest.bytes),
          try json(source.spec), Data(variant.key.digest.bytes), try json(variant.edit),
        ])
    }
    try old.close()
    let store = try JobStore(folder, holdsLock: true)
    defer { try? store.close() }
    #expect(try store.workerCPUs() == [])
    #expect(try store.sourceSpec(source.key)?.key == source.key)
    let claimed = try store.claim(place: "local/cpu0", warm: warm(.f32), now: 2) { _, _ in 1 }
    #expect(claimed?.sourceKey == source.key && claimed?.source.compute == .f32)
    let failed = try store.failModel(
      LoadedModel(model: model.digest, compute: .bf16), code: "x", message: "x", now: 3)
    #expect(failed == [])
  }
}
