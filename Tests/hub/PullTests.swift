import EditJobs
import Files
import Foundation
import HubCache
import ModelHub
import Testing

/// Pulls from a hub that is honest.
@Suite struct PullTests {
  @Test func theNeededFilesComeAndNoOthers() throws {
    let test = try PullUnderTest(LyingHub())
    let report = try test.pull()
    try test.expectWhole()
    #expect(report.files == HubRepository.needed.count && report.fetched == report.bytes)
    #expect(report.notVerifiable.isEmpty)
    let folder = "\(test.cache.path)/models--org--mini"
    #expect(
      try String(contentsOfFile: "\(folder)/refs/main", encoding: .utf8)
        == HubRepository().commit)
    #expect(FileManager.default.fileExists(atPath: "\(test.cache.path)/CACHEDIR.TAG"))
    let link = try FileManager.default.destinationOfSymbolicLink(
      atPath: "\(folder)/snapshots/\(HubRepository().commit)/unet/config.json")
    #expect(link == "../../../blobs/\(HubRepository().hash("unet/config.json"))")
    let model = try #require(test.cache.models().first)
    #expect(model.name.repository == "org/mini" && model.bytes == report.bytes)
  }

  @Test func aSecondPullFetchesNothing() throws {
    let test = try PullUnderTest(LyingHub())
    try test.pull()
    let before = test.hub.hub.seen.count
    let again = try test.pull()
    #expect(again.fetched == 0 && again.files == HubRepository.needed.count)
    // The revision and the list; nothing is asked of files that are here.
    #expect(test.hub.hub.seen.count == before + 2)
  }

  @Test func aVariantComesWhereThereIsOne() throws {
    let test = try PullUnderTest(LyingHub())
    try test.pull(variant: "fp16")
    let files = try test.files().keys.sorted()
    #expect(files.contains("unet/diffusion_pytorch_model.fp16.safetensors"))
    #expect(files.contains("vae/diffusion_pytorch_model.fp16.safetensors"))
    #expect(files.contains("text_encoder/model.safetensors"), "it has no such variant")
    #expect(!files.contains("vae/diffusion_pytorch_model.safetensors"))
    let none = test.refused(variant: "fp8")
    #expect(none?.code == "no-weights" && none?.details.first?.contains("fp16") == true)
  }

  @Test func aBranchWithASlashIsQuotedAndKept() throws {
    let test = try PullUnderTest(LyingHub())
    try test.pull("org/mini@v/1")
    #expect(test.hub.hub.seen.first?.target == "/api/models/org/mini/revision/v%2F1")
    let ref = "\(test.cache.path)/models--org--mini/refs/v/1"
    #expect(try String(contentsOfFile: ref, encoding: .utf8) == HubRepository().commit)
    #expect(try test.cache.modelFolder(HubModelName(typed: "org/mini@v/1")).hasSuffix("c0c0"))
    // A commit is no branch: no ref is written, and the name is enough.
    try test.pull("org/mini@\(HubRepository().commit)")
    let refs = FileManager.default.enumerator(atPath: "\(test.cache.path)/models--org--mini/refs")
    #expect(refs?.compactMap { $0 as? String }.sorted() == ["v", "v/1"])
  }

  @Test func pagesOfTheListAreFollowed() throws {
    let repository = HubRepository()
    let half = repository.tree.count / 2
    let tree = Mutexed(repository.tree)
    let hub = try LyingHub(onHub: { request, _, honest in
      guard request.path.contains("/tree/") else { return honest }
      let isSecond = request.target.contains("cursor=2")
      let items = tree.value
      var answer = LyingHub.json(Array(isSecond ? items[half...] : items[..<half]))
      if !isSecond {
        answer.fields.append(("Link", "<\(request.path)?recursive=true&cursor=2>; rel=\"next\""))
      }
      return answer
    })
    let test = try PullUnderTest(hub)
    try test.pull()
    try test.expectWhole()
  }

  @Test func aRenamedRepositoryIsFollowed() throws {
    let hub = try LyingHub(onHub: { request, _, honest in
      guard request.target.contains("old/name") else { return honest }
      let target = request.target.replacingOccurrences(of: "old/name", with: "org/mini")
      return HubServer.Answer(status: 307, fields: [("Location", target)])
    })
    let test = try PullUnderTest(hub)
    let report = try test.pull("old/name")
    #expect(report.files == HubRepository.needed.count)
    #expect(try test.cache.modelFolder(HubModelName(typed: "old/name")).contains("old--name"))
  }

  @Test(arguments: ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"])
  func offlineTheCacheIsEnough(_ variable: String) throws {
    let test = try PullUnderTest(LyingHub())
    let offline = [variable: "yes"]
    let missing = #expect(throws: EditError.self) { try test.pull(environment: offline) }
    #expect(missing?.status == .unavailable && missing?.what.contains(variable) == true)
    #expect(test.hub.hub.seen.isEmpty)
    try test.pull()
    #expect(try test.pull(environment: offline).isFromCache)
    // The same where nobody listens.
    let nowhere = ["HF_ENDPOINT": "http://127.0.0.1:1"]
    #expect(try test.pull(environment: nowhere).isFromCache)
    #expect(test.waits == [1, 2, 4, 8])
    let other = #expect(throws: EditError.self) {
      try test.pull("org/other", environment: nowhere)
    }
    #expect(other?.status == .unavailable && other?.code == "hub-unreachable")
  }
}
