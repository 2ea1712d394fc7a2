import EditJobs
import Files
import Foundation
import Testing

/// A digest is that of the files that are loaded, whatever is remembered of them.
@Suite struct ModelDigestTests {
  private func inspect(
    _ model: String, cache: String, _ more: [String] = [], environment: [String: String] = [:]
  ) throws -> Inspection {
    let (data, status) = try WorkerProcess(
      ["inspect", model, "--digest-cache", cache] + more, environment: environment
    ).outputAndStatus()
    guard status == 0 else {
      throw WorkerTrouble(description: String(decoding: data, as: UTF8.self))
    }
    return try JSONDecoder().decode(Inspection.self, from: data)
  }

  @Test(arguments: QuietChange.allCases)
  func otherBytesAreAnotherDigest(_ way: QuietChange) throws {
    let folder = try TemporaryFolder()
    let (model, change) = try way.prepare(in: folder.path)
    let cache = "\(folder.path)/digests.json"
    let before = try inspect(model, cache: cache)
    #expect(try inspect(model, cache: cache).facts == before.facts)
    #expect(before.isCurrent(cache: ""))
    try change()
    #expect(!before.isCurrent(cache: ""))
    let after = try inspect(model, cache: cache)
    #expect(after.facts.digest != before.facts.digest)
    // What is remembered changes nothing.
    #expect(try inspect(model, cache: "\(folder.path)/empty.json").facts == after.facts)
  }

  /// The cache is used at all: a hash in it that is wrong is believed while the stamp is right.
  @Test func whatIsRememberedIsUsedWhileTheStampIsRight() throws {
    let folder = try TemporaryFolder()
    let (model, change) = try QuietChange.weights.prepare(in: folder.path)
    let cache = "\(folder.path)/digests.json"
    let right = try inspect(model, cache: cache).facts.digest
    let text = try String(contentsOfFile: cache, encoding: .utf8)
    let lies = text.replacing(#/"sha256":"[0-9a-f]{64}"/#, with: "\"sha256\":\"\(right)\"")
    try lies.write(toFile: cache, atomically: true, encoding: .utf8)
    let wrong = try inspect(model, cache: cache).facts.digest
    #expect(wrong != right)
    // Touched, moved or linked, a file is hashed anew.
    let files = FileManager.default.enumerator(atPath: model)?.compactMap { $0 as? String } ?? []
    for file in files { #expect(chmod("\(model)/\(file)", 0o755) == 0) }
    #expect(try inspect(model, cache: cache).facts.digest == right)
    try change()
    #expect(try inspect(model, cache: cache).facts.digest != right)
  }

  @Test func aCacheOfAnotherFormatIsNotRead() throws {
    let folder = try TemporaryFolder()
    let (model, _) = try QuietChange.weights.prepare(in: folder.path)
    let cache = "\(folder.path)/digests.json"
    let right = try inspect(model, cache: cache)
    // As it was written before there was a format: by device, inode, size and time of modification.
    let lie = Digest(of: "another file".utf8)
    var old: [String: Digest] = [:]
    for file in right.files {
      guard let stamp = file.stamp else { continue }
      let time = "\(stamp.modified.seconds).\(stamp.modified.nanoseconds)"
      old["\(stamp.device) \(stamp.inode) \(stamp.size) \(time)"] = lie
    }
    #expect(old.count > 5)
    let now = try String(contentsOfFile: cache, encoding: .utf8)
    let newer = now.replacing("\"format\":2", with: "\"format\":3")
      .replacing(#/"sha256":"[0-9a-f]{64}"/#, with: "\"sha256\":\"\(lie)\"")
    #expect(newer != now)
    let texts = [try JSONEncoder().encode(old), Data(newer.utf8), Data("{".utf8), Data()]
    for text in texts {
      try text.write(to: URL(filePath: cache))
      #expect(try inspect(model, cache: cache).facts == right.facts)
    }
  }

  /// A backup by hard links, and a change of the mode, are other stamps of the same bytes.
  @Test func theSameBytesAreTheSameDigest() throws {
    let folder = try TemporaryFolder()
    let (model, _) = try QuietChange.weights.prepare(in: folder.path)
    let (cache, files) = ("\(folder.path)/digests.json", FileManager.default)
    let before = try inspect(model, cache: cache)
    let weights = "\(model)/vae/diffusion_pytorch_model.safetensors"
    try files.linkItem(atPath: weights, toPath: "\(folder.path)/backup")
    #expect(!before.isCurrent(cache: ""))
    #expect(try inspect(model, cache: cache).facts == before.facts)
    try files.moveItem(atPath: model, toPath: "\(folder.path)/moved")
    #expect(
      try inspect("\(folder.path)/moved", cache: cache).facts.digest == before.facts.digest)
  }

  @Test func dotsAreTheSystemsAffair() throws {
    let (folder, files) = (try TemporaryFolder(), FileManager.default)
    let path = folder.path
    try files.createDirectory(atPath: "\(path)/far/inner", withIntermediateDirectories: true)
    try files.copyItem(atPath: WorkerProcess.model, toPath: "\(path)/far/model")
    // What stands there if dots are taken away by the letter.
    try files.copyItem(atPath: WorkerProcess.tinyModel, toPath: "\(path)/model")
    try files.createSymbolicLink(atPath: "\(path)/link", withDestinationPath: "far/inner")
    let found = try inspect("\(path)/link/../model", cache: "\(path)/digests.json")
    #expect(found.facts.digest == (try Inspected.facts().digest))
    #expect(found.files.allSatisfy { $0.path.contains("/far/model/") })
  }
}
