import EditJobs
import Foundation
import JobStore
import ResultFiles
import Testing

/// More sweeps than any list is long.
@Suite struct ManySweepsTests {
  /// All shared: settled when they are enqueued, while no daemon runs.
  @Test func everySettledSweepGetsItsFolder() async throws {
    let folder = try TemporaryFolder()
    let submission = SmallSweep.submission(
      facts: try ResumeTests.facts.get(), folder: ResumeTests.model,
      prompt: "a red circle on a white background", variants: 1, steps: 1)
    try SmallSweep.enqueue(submission, folder.state)
    let first = try DaemonUnderTest(folder.state, ["--embedded"])
    #expect(await first.ended(within: 60) == 0, "\(first.log.text)")
    let count = 130
    try SmallSweep.read(folder.state) { store in
      for number in 0..<count {
        var more = submission
        more.name = "more\(number)"
        let submitted = try store.enqueue(more, owner: getuid(), now: 1)
        #expect(submitted.newUnits.isEmpty)
      }
    }
    let second = try DaemonUnderTest(folder.state, ["--embedded"])
    #expect(await second.ended(within: 60) == 0, "\(second.log.text)")
    let sweeps = ResultFolder(folder.state.results).sweeps
    let folders = try FileManager.default.contentsOfDirectory(atPath: sweeps)
    #expect(folders.count == count + 1)
    for name in folders {
      #expect(FileManager.default.fileExists(atPath: "\(sweeps)/\(name)/grid.png"), "\(name)")
    }
  }

  @Test func aFailureBehindAThousandSweepsIsListed() throws {
    let folder = try TemporaryFolder()
    try folder.state.create()
    let store = try JobStore(folder.state)
    defer { try? store.close() }
    // The first fails, and is the last of the list.
    let failing = SmallSweep.submission(name: "first", variants: 1, seed: 99)
    _ = try store.enqueue(failing, owner: getuid(), now: 1)
    let loaded = LoadedModel(failing.sources[0].spec)
    _ = try store.failModel(loaded, code: "model-data", message: "it is damaged", now: 2)
    let shared = SmallSweep.submission(name: "many", variants: 1)
    for _ in 0..<1100 { _ = try store.enqueue(shared, owner: getuid(), now: 3) }
    let ran = try RealSweep.p2p(["status", "--failed"], folder.state)
    #expect(ran.status == 0 && ran.output.contains("first"), "\(ran.text)")
    let all = try RealSweep.p2p(["status"], folder.state)
    #expect(all.output.split(separator: "\n").count { $0.contains("many") } == 1100)
  }
}
