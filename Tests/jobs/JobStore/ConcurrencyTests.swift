import Dispatch
import EditJobs
import Foundation
import GRDB
import JobStore
import Synchronization
import Testing

/// Several connections at once wait for each other and lose nothing.
@Suite struct ConcurrencyTests {
  @Test func everybodyIsWrittenOnce() throws {
    let table = try JobTable()
    let folder = table.folder
    let problems = Mutex<[String]>([])
    let created = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 6) { writer in
      do {
        let store = try JobStore(folder)
        for round in 0..<5 {
          let own = Grid(name: "own", seeds: [UInt64(writer * 100 + round)], taus: [4])
          _ = try store.enqueue(own.submission, owner: 1, now: 1)
          var shared = Grid(name: "shared", seeds: [UInt64(10_000 + round)], taus: [4])
          shared.clientKey = "round-\(round)"
          if try store.enqueue(shared.submission, owner: 1, now: 1).created {
            created.withLock { $0 += 1 }
          }
        }
        try store.close()
      } catch {
        problems.withLock { $0.append("\(error)") }
      }
    }
    #expect(problems.withLock { $0 } == [])
    #expect(created.withLock { $0 } == 5)
    #expect(try table.store.sweeps().count == 6 * 5 + 5)
    #expect(try table.store.overview().sources == [.ready: 35])
    let check = try table.raw { try String.fetchOne($0, sql: "PRAGMA integrity_check") }
    #expect(check == "ok")
  }

  @Test func manyOpenAnEmptyFolderAtOnce() throws {
    let path = try JobTable().folder.path + "-many"
    let problems = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: 6) { _ in
      do { try JobStore(StateFolder(path: path)).close() } catch {
        problems.withLock { $0.append("\(error)") }
      }
    }
    #expect(problems.withLock { $0 } == [])
    let store = try JobStore(StateFolder(path: path))
    #expect(try store.sweeps().isEmpty)
    try store.close()
    try? FileManager.default.removeItem(atPath: path)
  }
}
