import EditJobs
import Foundation
import JobStore
import ResultFiles
import Testing

/// Folders of the results that are links to another file system.
@Suite struct OtherFileSystemTests {
  private static func device(_ path: String) -> dev_t? {
    var facts = stat()
    return stat(path, &facts) == 0 ? facts.st_dev : nil
  }
  /// There is another file system than that of temporary files.
  static let isThere =
    device("/dev/shm") != nil && device("/dev/shm") != device("/tmp")
    && FileManager.default.isWritableFile(atPath: "/dev/shm")

  @Test(
    .enabled(if: isThere),
    arguments: [
      ["variants"], ["sources"], ["sweeps"], ["sources", "variants", "sweeps", "inputs"],
    ])
  func everythingIsMadeThere(_ linked: [String]) async throws {
    let folder = try TemporaryFolder()
    let other = "/dev/shm/p2p-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    defer { try? FileManager.default.removeItem(atPath: other) }
    try folder.state.create()
    for name in linked {
      try FileManager.default.createDirectory(
        atPath: "\(other)/\(name)", withIntermediateDirectories: true)
      try? FileManager.default.removeItem(atPath: "\(folder.state.results)/\(name)")
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder.state.results)/\(name)", withDestinationPath: "\(other)/\(name)")
    }
    let submission = SmallSweep.submission(
      facts: try ResumeTests.facts.get(), folder: ResumeTests.model,
      prompt: "a red circle on a white background", variants: 2, steps: 3)
    let sweep = try SmallSweep.enqueue(submission, folder.state).sweep
    let daemon = try DaemonUnderTest(folder.state, ["--embedded"])
    #expect(await daemon.ended(within: 60) == 0, "\(daemon.log.text)")
    let results = ResultFolder(folder.state.results)
    try Manifest.verify(results.source(submission.sources[0].key))
    for variant in submission.variants { try Manifest.verify(results.variant(variant.key)) }
    let page = "\(results.sweeps)/small-\(sweep)"
    for name in ["grid.png", "index.html", "results.csv", "sweep.yaml"] {
      #expect(FileManager.default.fileExists(atPath: "\(page)/\(name)"), "\(name)")
    }
    for root in [folder.state.results, other] {
      let left = try FileManager.default.subpathsOfDirectory(atPath: root)
      #expect(!left.contains { $0.hasSuffix(".tmp") || $0 == "tmp" })
    }
  }

  /// What the programs before this one left.
  @Test func theFolderOfOlderTemporariesGoes() async throws {
    let folder = try TemporaryFolder()
    try folder.state.create()
    let old = "\(folder.state.results)/tmp"
    try FileManager.default.createDirectory(atPath: old, withIntermediateDirectories: true)
    try Data("half".utf8).write(to: URL(filePath: "\(old)/1-x"))
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -60)], ofItemAtPath: "\(old)/1-x")
    let daemon = try DaemonUnderTest(folder.state, ["--embedded"])
    #expect(await daemon.ended() == 0)
    #expect(!FileManager.default.fileExists(atPath: old))
  }
}
