import EditJobs
import Foundation
import JobStore
import ResultFiles
import Testing

/// What the daemon does for the files: the maps' quota, and what is lost from a results folder.
@Suite(.serialized) struct UpkeepTests {
  private static let prompt = "a red circle on a white background"

  /// One sweep over some seeds, one variant each.
  private func enqueue(_ folder: StateFolder, seeds: Range<UInt64>) throws -> [Submission] {
    let facts = try ResumeTests.facts.get()
    let all = seeds.map { seed in
      SmallSweep.submission(
        facts: facts, folder: ResumeTests.model, prompt: Self.prompt, variants: 1, steps: 3,
        seed: seed)
    }
    for submission in all { try SmallSweep.enqueue(submission, folder) }
    return all
  }

  private func pictures(_ folder: StateFolder, _ submissions: [Submission]) throws -> [Digest] {
    try submissions.map { submission in
      let unit = ResultFolder(folder.results).variant(submission.variants[0].key)
      return Digest(of: try #require(FileManager.default.contents(atPath: unit.picture)))
    }
  }

  private func mapBytes(_ folder: StateFolder) throws -> (disk: Int64, table: Int64) {
    let root = "\(folder.results)/sources"
    let files = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
    let sizes = files.filter { $0.contains("/maps/") }.map { file -> Int64 in
      var facts = stat()
      return lstat("\(root)/\(file)", &facts) == 0 ? Int64(facts.st_blocks) * 512 : 0
    }
    let table = try SmallSweep.read(folder) { try $0.maps() }
    return (sizes.reduce(0, +), table.reduce(0) { $0 + $1.bytes })
  }

  @Test func theQuotaHoldsAndChangesNoByte() async throws {
    let perSource = try ResumeTests.facts.get().mapBytesPerPass * 3
    // Room for four and a half sources: the fifth sends the first away.
    let folder = try TemporaryFolder()
    let submissions = try enqueue(folder.state, seeds: 0..<6)
    let quota = perSource * 9 / 2
    let daemon = try DaemonUnderTest(folder.state, ["--embedded", "--maps-quota", "\(quota)"])
    #expect(await daemon.ended(within: 120) == 0, "\(daemon.log.text)")
    let bytes = try mapBytes(folder.state)
    #expect(bytes.disk <= quota && bytes.disk > perSource)
    #expect(bytes.disk == bytes.table)
    let evicted = try SmallSweep.read(folder.state) { try $0.events(limit: 10_000) }
      .filter { $0.kind == "evicted" }.map(\.unit)
    #expect(evicted == submissions.prefix(2).map { $0.sources[0].key }, "the oldest went first")

    // A source that would take more than a quarter of the quota stores none.
    let tight = try TemporaryFolder()
    _ = try enqueue(tight.state, seeds: 0..<6)
    let second = try DaemonUnderTest(tight.state, ["--embedded", "--maps-quota", "\(perSource)"])
    #expect(await second.ended(within: 120) == 0, "\(second.log.text)")
    #expect(try mapBytes(tight.state).disk == 0)
    #expect(
      try pictures(tight.state, submissions) == pictures(folder.state, submissions),
      "maps that are made again give the same bits")
  }

  @Test func keptMapsAreNotEvictedForNewOnes() async throws {
    let perSource = try ResumeTests.facts.get().mapBytesPerPass * 3
    let folder = try TemporaryFolder()
    let submissions = try enqueue(folder.state, seeds: 0..<6)
    let quota = perSource * 9 / 2
    let daemon = try DaemonUnderTest(
      folder.state, ["--embedded", "--keep-maps", "--maps-quota", "\(quota)"])
    #expect(await daemon.ended(within: 120) == 0, "\(daemon.log.text)")
    let kept = try SmallSweep.read(folder.state) { try $0.maps() }.map(\.source)
    #expect(kept.contains(submissions[0].sources[0].key), "the first are still there")
    #expect(!kept.contains(submissions[5].sources[0].key))
    #expect(try mapBytes(folder.state).disk <= quota)
  }

  @Test func aSourceThatLostItsPictureRunsAgainWhenAVariantNeedsIt() async throws {
    let folder = try TemporaryFolder()
    let first = try enqueue(folder.state, seeds: 3..<4)[0]
    let daemon = try DaemonUnderTest(folder.state, ["--embedded"])
    #expect(await daemon.ended(within: 60) == 0, "\(daemon.log.text)")
    let source = ResultFolder(folder.state.results).source(first.sources[0].key)
    let picture = try #require(FileManager.default.contents(atPath: source.picture))
    try FileManager.default.removeItem(atPath: source.picture)
    let more = SmallSweep.submission(
      facts: try ResumeTests.facts.get(), folder: ResumeTests.model, name: "more",
      prompt: Self.prompt, variants: 2, steps: 3, seed: 3)
    let submitted = try SmallSweep.enqueue(more, folder.state)
    #expect(submitted.newUnits.count == 1)
    let second = try DaemonUnderTest(folder.state, ["--embedded"])
    #expect(await second.ended(within: 60) == 0, "\(second.log.text)")
    #expect(FileManager.default.contents(atPath: source.picture) == picture)
    let cells = try SmallSweep.read(folder.state) { try $0.cells(.all) }
    #expect(cells.allSatisfy { $0.state == .done && $0.variant.attempts == 0 })
  }

  @Test func photographsThatNothingNamesGoAfterADay() async throws {
    let folder = try TemporaryFolder()
    let results = ResultFolder(folder.state.results)
    var submission = SmallSweep.submission()
    let (old, young, file) = (
      Digest(of: "old".utf8), Digest(of: "young".utf8), Digest(of: "file".utf8)
    )
    submission.request = #"{"name":"small","image":{"file":"a.png","sha256":"\#(file)"}}"#
    try SmallSweep.enqueue(submission, folder.state)
    try FileManager.default.createDirectory(
      atPath: results.inputs, withIntermediateDirectories: true)
    let foreign = "\(results.inputs)/README"
    let paths = [results.input(old), results.input(file), foreign, results.input(young)]
    for path in paths {
      try Data("a picture".utf8).write(to: URL(filePath: path))
      let age: TimeInterval = path == results.input(young) ? 86_000 : 87_000
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: path)
    }
    let daemon = try DaemonUnderTest(folder.state, ["--paused"])
    #expect(
      await wait { !FileManager.default.fileExists(atPath: paths[0]) }, "\(daemon.log.text)")
    daemon.signal(SIGTERM)
    #expect(await daemon.ended() == 0)
    #expect(paths.map { FileManager.default.fileExists(atPath: $0) } == [false, true, true, true])
  }
}
