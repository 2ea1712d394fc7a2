import EditJobs
import Files
import Foundation
import GRDB
import JobStore
import Synchronization
import Testing

/// What the daemon's loop asks of the job table, and how it waits for it.
@Suite struct LoopTests {
  private func fail(_ table: JobTable) throws {
    try table.store.failModel(
      LoadedModel(Grid().source(8).spec), code: "model-data", message: "damaged", now: 5)
  }

  @Test func aSweepIsSettledWhenNothingOfItIsOpen() throws {
    let table = try JobTable()
    let first = try table.enqueue(Grid(taus: [4, 8])).sweep
    #expect(try !table.store.isSettled(.sweep(first)) && !table.store.isSettled(.all))
    try table.runHead()
    try table.runHead(lanes: 2)
    #expect(try table.store.isSettled(.sweep(first)) && table.store.isSettled(.all))
    #expect(try table.store.openUnits() == 0)
    // Shared ones are settled at once, new ones are not; others do not matter.
    let (second, third) = (
      try table.enqueue(Grid(name: "again", taus: [4, 8])).sweep,
      try table.enqueue(Grid(name: "more", taus: [4, 12])).sweep
    )
    #expect(try table.store.isSettled(.sweep(second)) && !table.store.isSettled(.sweep(third)))
    #expect(try table.store.openUnits() == 1)
    let cells = try table.store.cells(.sweep(third))
    for cell in cells {
      let isOpen = cell.state.isOpen
      #expect(try table.store.isSettled(.cells(sweep: third, cells: [cell.id])) != isOpen)
      #expect(try table.store.isSettled(.unit(cell.variant.key)) != isOpen)
    }
    _ = try table.store.cancel(.sweep(third), now: 3)
    #expect(try table.store.isSettled(.all))
    #expect(throws: EditError.self) {
      try table.store.isSettled(.unit(Grid().variant(77, 77).key))
    }
  }

  @Test func aUnitKnowsItsSweepsAndSweepsTheirSizes() throws {
    let table = try JobTable()
    let grid = Grid(seeds: [1, 2], taus: [4, 8])
    let first = try table.enqueue(grid).sweep
    let second = try table.enqueue(Grid(name: "b", seeds: [1], taus: [4])).sweep
    #expect(try table.store.sweepSizes() == [first: 4, second: 1])
    let store = table.store
    #expect(try Set(store.sweeps(showing: grid.variant(1, 4).key)) == [first, second])
    #expect(try store.sweeps(showing: grid.variant(2, 4).key) == [first])
    #expect(try Set(store.sweeps(showing: grid.source(1).key)) == [first, second])
    #expect(try store.sweeps(showing: Grid().source(99).key) == [])
    #expect(try store.folder(of: second) == "b-\(second)" && store.folder(of: 99) == nil)
    #expect(try store.sweepNames() == [first: "crown", second: "b"])
  }

  @Test func thePulseSaysWhyTheQueueWaits() throws {
    let table = try JobTable()
    try table.enqueue(Grid(taus: [4]))
    #expect(try table.store.pulse() == QueuePulse(isPaused: false))
    try table.store.pause(reason: "installation: it is not there", now: 1)
    #expect(try table.store.pulse().pauseReason == "installation: it is not there")
    try table.store.resume(now: 2)
    let order = try #require(try table.claim())
    try table.store.fail(
      order.sourceKey, token: order.token,
      Failure(
        code: "not-allowed", message: "/x: Permission denied", step: 0, outcome: .failed,
        next: .later(dueMs: 77), counts: false), now: 3)
    #expect(try table.store.pulse() == QueuePulse(isPaused: false, nextDueMs: 77))
    let waits = try table.store.postponements()
    #expect(waits.map(\.code) == ["not-allowed"])
    #expect(try table.store.unit(order.sourceKey)?.attempts == 0)
  }

  @Test func everySweepAndEveryUnitIsSeen() throws {
    let table = try JobTable()
    for number in 0..<1_050 { try table.enqueue(Grid(name: "s\(number % 7)", taus: [4])) }
    #expect(try table.store.sweeps().count == 1_050)
    #expect(try table.store.sweepNames().count == 1_050)
    #expect(try table.store.events().count >= 1_050)
    #expect(try table.store.events(limit: 3).count == 3)
    try table.enqueue(Grid(name: "wide", taus: Array(1...19)))
    #expect(try table.store.units(prefix: "", kind: .variant).count == 19)
    // Of many the first are named, and the rest is counted.
    let store = try JobTable()
    try store.enqueue(Grid(taus: Array(1...900), steps: 1_000))
    let keys = try store.store.units(prefix: "", kind: .variant).map(\.key.description)
    let groups = Dictionary(grouping: keys) { $0.prefix(4) }.filter { $0.value.count > 1 }
    for (digits, keys) in groups.prefix(3) {
      let error = try #require(throws: EditError.self) { try store.store.resolve("v-\(digits)") }
      #expect(error.what.contains("any of \(keys.count) units"))
    }
  }

  /// Another connection in the middle of a commit; who waits asks whether anybody still wants it to.
  @Test func aWaitEndsWhenNobodyWantsItToGoOn() throws {
    let table = try JobTable()
    let asked = Mutex(0)
    let store = try JobStore(
      table.folder,
      patience: Patience {
        asked.withLock { count in
          count += 1
          return count < 5
        }
      })
    defer { try? store.close() }
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let other = try DatabaseQueue(path: table.folder.database, configuration: configuration)
    try other.inDatabase { try $0.execute(sql: "BEGIN EXCLUSIVE") }
    let error = #expect(throws: EditError.self) { try store.pause(now: 1) }
    #expect(error?.code == "busy")
    // It would have gone on for hundreds of pauses.
    #expect((5..<20).contains(asked.withLock { $0 }))
    #expect(try store.dataVersion() == nil)
    try other.inDatabase { try $0.execute(sql: "ROLLBACK") }
    try store.pause(now: 2)
    try other.close()
  }

  @Test func aFolderIsKnownByWhatItIs() throws {
    let table = try JobTable()
    let files = FileManager.default
    _ = files.createFile(atPath: table.folder.lockFile, contents: nil)
    let identity = FolderIdentity(table.folder)
    #expect(identity.change == nil)
    // What is written, or made beside it, is no change.
    try table.enqueue(Grid())
    _ = files.createFile(atPath: table.folder.path + "/x", contents: nil)
    #expect(identity.change == nil)
    let copy = table.folder.path + "-copy"
    defer { try? files.removeItem(atPath: copy) }
    try files.copyItem(atPath: table.folder.database, toPath: copy)
    try files.removeItem(atPath: table.folder.lockFile)
    #expect(identity.change == "\(table.folder.lockFile) was removed")
    _ = files.createFile(atPath: table.folder.lockFile, contents: nil)
    #expect(FolderIdentity(table.folder).change == nil)
    let newer = FolderIdentity(table.folder)
    #expect(rename(copy, table.folder.database) == 0)
    #expect(newer.change == "\(table.folder.database) was replaced by another")
  }
}
