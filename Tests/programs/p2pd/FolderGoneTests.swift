import EditJobs
import Foundation
import JobStore
import Testing

/// A state folder that is removed or replaced under a daemon.
@Suite struct FolderGoneTests {
  enum Change: String, CaseIterable, Sendable { case removed, moved, replaced, table, lock }

  private func make(_ change: Change, _ state: StateFolder) throws {
    let files = FileManager.default
    let aside = state.path + ".old"
    switch change {
    case .removed: try files.removeItem(atPath: state.path)
    case .moved: try files.moveItem(atPath: state.path, toPath: aside)
    case .replaced:
      try files.moveItem(atPath: state.path, toPath: aside)
      try files.copyItem(atPath: aside, toPath: state.path)
    case .table:
      try files.copyItem(atPath: state.database, toPath: aside)
      #expect(rename(aside, state.database) == 0)
    case .lock: try files.removeItem(atPath: state.lockFile)
    }
  }

  @Test(arguments: Change.allCases) func anIdleDaemonSaysSoAndEnds(_ change: Change) async throws {
    let folder = try TemporaryFolder()
    try folder.state.create()
    let daemon = try DaemonUnderTest(folder.state)
    #expect(await wait { daemon.log.text.contains("serving") })
    try make(change, folder.state)
    #expect(await daemon.ended(within: 5) == 74, "\(daemon.log.text)")
    // One that is replaced is gone for a moment.
    #expect(await wait { daemon.log.text.contains("was re") })
    #expect(daemon.log.text.contains(folder.state.path))
    // Another one may serve what is there now.
    let next = try DaemonUnderTest(folder.state)
    #expect(await wait { next.log.text.contains("serving") })
    next.signal(SIGTERM)
    #expect(await next.ended() == 0)
  }

  @Test func aBusyDaemonEndsWithItsWorkers() async throws {
    let folder = try TemporaryFolder()
    let worker = try folder.script("worker", SpokenWorker.script)
    try SmallSweep.enqueue(SmallSweep.submission(), folder.state)
    let daemon = try DaemonUnderTest(
      folder.state, ["--worker", worker], environment: ["P2P_SPOKEN": "slow"])
    var found: Int32?
    #expect(
      await wait {
        found = daemon.children.first
        return found != nil
      })
    let child = try #require(found)
    try make(.removed, folder.state)
    #expect(await daemon.ended(within: 8) == 74, "\(daemon.log.text)")
    #expect(await wait(3) { !ProcessList.isAlive(child) })
    #expect(!FileManager.default.fileExists(atPath: folder.state.path), "it made nothing anew")
  }
}
