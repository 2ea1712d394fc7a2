import EditJobs
import Foundation
import JobStore
import Testing

/// What `p2p` remembers of a model counts while its files are what they were.
@Suite struct ModelMemoryTests {
  private func enqueue(
    _ model: String, _ folder: TemporaryFolder, seed: Int, _ more: [String] = []
  ) throws -> Ran {
    try RealSweep.p2p(
      ["enqueue", "--model", model, "--prompt", "a red circle", "--seed", "\(seed)"] + more,
      folder.state, environment: ["XDG_CACHE_HOME": "\(folder.path)/cache"])
  }

  /// The digest of the model that the source of a seed names.
  private func digest(_ folder: TemporaryFolder, seed: UInt64) throws -> Digest {
    let specs = try SmallSweep.read(folder.state) { store in
      try store.units(in: .ready).compactMap { try store.sourceSpec($0.key) }
    }
    return try #require(specs.first { $0.seed == seed }).model
  }

  @Test(arguments: QuietChange.allCases)
  func otherBytesAreAnotherModel(_ way: QuietChange) throws {
    let folder = try TemporaryFolder()
    let (model, change) = try way.prepare(in: folder.path)
    #expect(try enqueue(model, folder, seed: 1).status == 0)
    let right = try digest(folder, seed: 1)

    // What is remembered is used: a lie is believed.
    let size = "default"
    var known = try #require(
      try SmallSweep.read(folder.state) { try $0.inspection(folder: model, size: size) })
    #expect(known.facts.digest == right && known.isLasting)
    known.facts.digest = Digest(of: "remembered".utf8)
    try SmallSweep.read(folder.state) {
      try $0.setInspection(folder: model, size: size, known, now: 1)
    }
    #expect(try enqueue(model, folder, seed: 2).status == 0)
    #expect(try digest(folder, seed: 2) == known.facts.digest)

    try change()
    let ran = try enqueue(model, folder, seed: 3)
    #expect(ran.status == 0, "\(ran.errors)")
    let other = try digest(folder, seed: 3)
    #expect(other != known.facts.digest && other != right)
  }

  /// `..` is resolved by the system, also behind a link; links without it stay as they are typed.
  @Test func dotsAreTheSystemsAffair() throws {
    let (folder, files) = (try TemporaryFolder(), FileManager.default)
    let path = folder.path
    try files.createDirectory(atPath: "\(path)/far/inner", withIntermediateDirectories: true)
    try files.copyItem(atPath: RealSweep.model, toPath: "\(path)/far/model")
    // What stands there if dots are taken away by the letter.
    try files.copyItem(atPath: WorkerProcess.tinyModel, toPath: "\(path)/model")
    try files.createSymbolicLink(atPath: "\(path)/link", withDestinationPath: "far/inner")
    try files.createSymbolicLink(atPath: "\(path)/here", withDestinationPath: "far/model")
    let right = try Inspected.facts().digest
    for (seed, name) in [(1, "link/../model"), (2, "here")] {
      let ran = try enqueue("\(path)/\(name)", folder, seed: seed)
      #expect(ran.status == 0, "\(ran.errors)")
      #expect(try digest(folder, seed: UInt64(seed)) == right)
    }
    let spec = try SmallSweep.read(folder.state) { store in
      try store.units(in: .ready).compactMap { try store.model(of: $0.key) }
    }
    #expect(Set(spec.map(\.folder)) == ["\(path)/here"], "the last name of equal files counts")
    let (file, _) = try ModelLayout.file.write(RealSweep.model, into: path + "/far/inner")
    let ran = try enqueue(
      file, folder, seed: 3, ["--model-config", "\(path)/link/../model"])
    #expect(ran.status == 0, "\(ran.errors)")
  }
}
