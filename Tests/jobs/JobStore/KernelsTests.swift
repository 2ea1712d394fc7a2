import EditJobs
import Foundation
import GRDB
import JobStore
import Testing

/// Units of several kernels in one queue, and what waits where no worker has them.
@Suite struct KernelsTests {
  private let table: JobTable
  private let ours = Grid(name: "ours")
  private let zen = Grid(name: "zen", numerics: Numerics(mode: .native, kernels: "OpenBLAS Zen"))
  private let old = Grid(name: "old", numerics: Numerics(mode: .native, kernels: "OpenBLAS Core2"))

  init() throws { table = try JobTable() }

  private func loaded(_ grid: Grid) -> LoadedModel { LoadedModel(grid.source(8).spec) }
  private func warm(_ grid: Grid, window: Int64 = 500) -> Warm {
    Warm(loaded(grid), window: window)
  }

  @Test func aWorkerGoesOnWithItsOwnKernels() throws {
    for grid in [ours, zen, old] { try table.enqueue(grid) }
    #expect(try table.claim(warm: warm(old))?.source.numerics == old.numerics)
    #expect(try table.claim(warm: warm(zen))?.source.numerics == zen.numerics)
    // Behind the window, and where nothing of its kernels waits, the head goes first.
    try table.enqueue(Grid(name: "more", seeds: [9], numerics: zen.numerics))
    #expect(try table.claim(warm: warm(zen, window: -1))?.source.numerics == ours.numerics)
  }

  @Test func kernelsThatDoNotStartFailTheirOwnUnitsAlone() throws {
    for grid in [ours, zen, old] { try table.enqueue(grid) }
    let failed = try table.store.failModel(loaded(zen), code: "no-start", message: "x", now: 3)
    #expect(Set(failed) == Set([zen.source(8).key] + zen.taus.map { zen.variant(8, $0).key }))
    #expect(try table.state(ours.source(8).key) == .ready)
    #expect(try table.state(old.source(8).key) == .ready)
  }

  @Test func timesOfOneSayNothingOfAnother() throws {
    try table.enqueue(zen)
    let order = try #require(try table.claim())
    let progress = UnitProgress(
      key: order.sourceKey, token: order.token, step: 4, evaluations: 8, ms: 400)
    try table.store.begun(order.sourceKey, token: order.token, step: 0, now: 2)
    try table.store.progress([progress], now: 3)
    try table.store.park(order.sourceKey, token: order.token, step: 4, now: 4)
    func seconds(_ grid: Grid) throws -> [Double?] {
      [
        try table.store.secondsPerEvaluation(loaded(grid), width: 64, height: 64),
        try table.store.stepSeconds(loaded(grid), width: 64, height: 64, lanes: 1),
      ]
    }
    #expect(try seconds(zen) == [0.05, 0.1])
    #expect(try seconds(ours) == [nil, nil] && seconds(old) == [nil, nil])
  }

  @Test func whatNoWorkerServesWaitsWithItsReason() throws {
    for grid in [ours, zen] { try table.enqueue(grid) }
    let key = zen.source(8).key
    let waiting = try table.store.postpone(
      loaded(zen), code: "native-unavailable", message: "no library", dueMs: 5_000, now: 3)
    #expect(waiting == [key])
    let unit = try #require(try table.store.unit(key))
    #expect(unit.state == .scheduled && unit.dueMs == 5_000 && unit.attempts == 0)
    #expect(unit.errorCode == "native-unavailable" && unit.errorText == "no library")
    #expect(
      try table.store.postponements() == [
        Postponement(code: "native-unavailable", text: "no library", units: 1, dueMs: 5_000)
      ])
    #expect(try table.store.hasten(code: "worker-hung", now: 4) == 0)
    // Whatever else is ready goes on meanwhile.
    #expect(try table.claim()?.sourceKey == ours.source(8).key)
    #expect(try table.claim() == nil)
    #expect(try table.store.releaseDue(now: 4_899) == 0)
    #expect(try table.store.hasten(code: "native-unavailable", now: 4_900) == 1)
    #expect(try table.store.releaseDue(now: 4_900) == 1)
    #expect(try table.store.postponements() == [])
    let order = try #require(try table.claim())
    #expect(order.sourceKey == key)
    try table.store.finish(key, token: order.token, manifest: manifest(key), now: 6_000)
    #expect(try table.store.unit(key)?.errorCode == nil)
    #expect(try table.state(zen.variant(8, 4).key) == .ready)
  }

  @Test func whatWaitsIsToldByReason() throws {
    try table.enqueue(Grid(name: "many", seeds: [1, 2, 3], numerics: zen.numerics))
    try table.enqueue(old)
    try table.store.postpone(
      loaded(zen), code: "native-unavailable", message: "a", dueMs: 9, now: 3)
    try table.store.postpone(
      loaded(old), code: "native-unavailable", message: "b", dueMs: 7, now: 3)
    #expect(
      try table.store.postponements() == [
        Postponement(code: "native-unavailable", text: "b", units: 4, dueMs: 7)
      ])
    _ = try table.store.cancel(.all, now: 4)
    #expect(try table.store.postponements() == [])
  }

  @Test func whatBeginsAnewKeepsItsKernels() throws {
    let older = Numerics.currentRevision - 1
    let table = try JobTable(revision: older)
    var grid = zen
    grid.numerics.revision = older
    try table.enqueue(grid)
    try table.reopen(holdsLock: true)
    #expect(table.store.renewed > 0)
    let failed = try table.store.failModel(loaded(ours), code: "no-start", message: "x", now: 3)
    #expect(failed == [])
    let waiting = try table.store.postpone(
      loaded(zen), code: "native-unavailable", message: "no library", dueMs: 9, now: 4)
    #expect(waiting == [zen.source(8).key])
  }

  @Test func whatIsKnownOfTheLibraryIsWrittenDown() throws {
    let cpus = [
      WorkerCPU(place: "a", name: "", hasBF16: true, native: .kernels("OpenBLAS Zen")),
      WorkerCPU(place: "b", name: "", hasBF16: true, native: .missing("it is not there")),
      WorkerCPU(place: "c", name: "", hasBF16: true),
    ]
    try table.store.setWorkerCPUs(cpus, now: 1)
    #expect(try table.store.workerCPUs() == cpus)
  }
}
