import EditJobs
import Files
import Foundation
import HubCache
import ModelHub
import Testing

/// The cache itself: names, lookups, checks, removals.
@Suite struct CacheTests {
  @Test func namesAreReadOrRefused() {
    #expect(HubModelName("org/name")?.revision == "main")
    #expect(HubModelName("org/name@v1/x")?.description == "org/name@v1/x")
    #expect(HubModelName("org/name")?.folder == "models--org--name")
    for wrong in [
      "name", "/name", "org/", "a/b/c", "org/na me", "../name", "org/..", ".org/name", "org/name@",
      "org/name@../x", "org/na--me", "org/name@a\nb", "org/name.", "~/models",
    ] {
      #expect(HubModelName(wrong) == nil, "\(wrong)")
    }
  }

  @Test func theFolderIsWhereTheToolsOfTheHubHaveIt() {
    func cache(_ variables: [String: String]) -> String {
      HubEnvironment(variables.merging(["HOME": "/home/ann"]) { own, _ in own }).cache
    }
    #expect(cache([:]) == "/home/ann/.cache/huggingface/hub")
    #expect(cache(["XDG_CACHE_HOME": "/c"]) == "/c/huggingface/hub")
    #expect(cache(["HF_HOME": "~/hf"]) == "/home/ann/hf/hub")
    #expect(cache(["HF_HOME": "$BIG/hf", "BIG": "/big"]) == "/big/hf/hub")
    #expect(cache(["HF_HUB_CACHE": "${BIG}x/$NONE", "BIG": "/b"]) == "/bx/$NONE")
    #expect(cache(["HUGGINGFACE_HUB_CACHE": "/old", "HF_HOME": "/new"]) == "/old")
  }

  @Test func aDamagedBlobIsFoundAndFetchedAgain() throws {
    let test = try PullUnderTest(LyingHub())
    try test.pull()
    let model = try HubModelName(typed: "org/mini")
    let snapshot = try #require(test.cache.snapshot(model))
    func verdicts() throws -> [String: BlobCheck.Verdict] {
      let checks = try snapshot.files.map { try BlobCheck($0, of: snapshot) }
      return Dictionary(
        uniqueKeysWithValues: checks.map { ($0.file.path.description, $0.verdict) })
    }
    #expect(try verdicts().values.allSatisfy { $0 == .right })
    let files = snapshot.files
    let vae = try #require(files.first { $0.path.description.hasPrefix("vae/diff") })
    let config = try #require(files.first { $0.path.description == "unet/config.json" })
    let blob = test.cache.blob(try #require(vae.blob), of: model)
    let handle = try #require(FileHandle(forUpdatingAtPath: blob))
    try handle.seek(toOffset: 1234)
    handle.write(Data([1, 2, 3, 4]))
    try handle.close()
    try FileManager.default.removeItem(
      atPath: test.cache.blob(try #require(config.blob), of: model))
    let found = try verdicts()
    #expect(found["vae/diffusion_pytorch_model.safetensors"] == .wrong)
    #expect(found["unet/config.json"] == .gone)
    #expect(found.values.filter { $0 != .right }.count == 2)
    let incomplete = #expect(throws: EditError.self) { try test.cache.modelFolder(model) }
    #expect(incomplete?.code == "model-incomplete" && incomplete?.status == .missing)
    try FileManager.default.removeItem(atPath: blob)
    try test.pull()
    #expect(try verdicts().values.allSatisfy { $0 == .right })
  }

  @Test func aLinkThatLeavesIsForeign() throws {
    let test = try PullUnderTest(LyingHub())
    try test.pull()
    let snapshot = try #require(test.cache.snapshot(HubModelName(typed: "org/mini")))
    let link = "\(snapshot.path)/unet/config.json"
    try FileManager.default.removeItem(atPath: link)
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: "/etc/hostname")
    let file = try #require(snapshot.files.first { $0.path.description == "unet/config.json" })
    #expect(try BlobCheck(file, of: snapshot).verdict == .foreign)
  }

  @Test func aBlobGoesWithItsLastRevision() throws {
    let test = try PullUnderTest(LyingHub())
    try test.pull()
    var next = HubRepository(commit: String(repeating: "d1", count: 20))
    next.files["unet/config.json"] = Array("{\"b\": 4}".utf8)
    let second = try PullUnderTest(LyingHub(next))
    let model = try HubModelName(typed: "org/mini")
    let settings = try HubSettings(HubEnvironment(["HF_ENDPOINT": second.hub.hub.address]))
    let moved = try ModelPull(model, into: test.cache, settings: settings).run()
    #expect(moved.fetched == 8, "one file changed")
    #expect(test.cache.models().first?.commits.count == 2)

    let old = try ModelRemoval(model, revision: HubRepository().commit, in: test.cache)
    #expect(old.blobs.count == 1 && !old.isWhole)
    try old.run()
    #expect(try test.cache.modelFolder(model).hasSuffix("d1d1"), "the other one is as it was")
    let rest = try ModelRemoval(model, revision: nil, in: test.cache)
    #expect(rest.isWhole && rest.blobs.count == HubRepository.needed.count)
    try rest.run()
    #expect(test.cache.models().isEmpty)
    #expect(!FileManager.default.fileExists(atPath: "\(test.cache.path)/models--org--mini"))
    let gone = #expect(throws: EditError.self) {
      try ModelRemoval(model, revision: nil, in: test.cache)
    }
    #expect(gone?.status == .missing)
  }

  @Test func aBlobThatIsBeingFetchedIsWaitedForAndNotRemoved() throws {
    let test = try PullUnderTest(LyingHub())
    try test.pull()
    let model = try HubModelName(typed: "org/mini")
    let removal = try ModelRemoval(model, revision: nil, in: test.cache)
    let blob = try #require(removal.blobs.first)
    let path = "\(test.cache.locks(model))/\(blob).lock"
    let lock = try CacheLock.attempt(path)
    #expect(try CacheLock.attempt(path) == nil)
    let busy = #expect(throws: EditError.self) { try removal.run() }
    #expect(busy?.status == .temporary)
    #expect(test.cache.snapshot(model) != nil)
    withExtendedLifetime(lock) {}
  }

  @Test func aPullWaitsForWhoFetchesTheSame() throws {
    let test = try PullUnderTest(LyingHub())
    let model = try HubModelName(typed: "org/mini")
    try CacheFolder.make(test.cache.locks(model))
    let hash = HubRepository().hash("vae/diffusion_pytorch_model.safetensors")
    var lock = try CacheLock.attempt("\(test.cache.locks(model))/\(hash).lock")
    #expect(lock != nil)
    test.onWait = { if test.waits.count == 3 { lock = nil } }
    try test.pull()
    try test.expectWhole()
    #expect(test.waits == [0.3, 0.3, 0.3])
    let waits = test.events.filter { if case .waiting = $0 { true } else { false } }
    #expect(waits.count == 1, "it is said once")
  }

  @Test func shardsThatAreMissingAreNamed() throws {
    let test = try PullUnderTest(LyingHub())
    try test.pull()
    let model = try HubModelName(typed: "org/mini")
    let snapshot = try #require(test.cache.snapshot(model))
    let shard = "unet/diffusion_pytorch_model-00002-of-00002.safetensors"
    try FileManager.default.removeItem(atPath: "\(snapshot.path)/\(shard)")
    let error = #expect(throws: EditError.self) { try test.cache.modelFolder(model) }
    #expect(error?.details.first == "\(shard) is missing")
    #expect(error?.hint == "p2p models pull org/mini")
  }
}
