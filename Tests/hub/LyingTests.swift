import EditJobs
import Files
import Foundation
import HubCache
import ModelHub
import Testing

/// Hubs that contradict themselves: nothing wrong gets a name in the cache.
@Suite struct LyingTests {
  private static let repository = HubRepository()
  private static let vae = "vae/diffusion_pytorch_model.safetensors"

  private func expectNothing(_ test: PullUnderTest) throws {
    #expect(test.cache.snapshot(try HubModelName(typed: "org/mini")) == nil, "no ref is written")
    let blob = test.cache.blob(
      Self.repository.hash(Self.vae), of: try HubModelName(typed: "org/mini"))
    #expect(!FileManager.default.fileExists(atPath: blob))
  }

  @Test func wrongBytesAreFetchedTwiceAndRefused() throws {
    let hub = try LyingHub(onStore: { request, _, honest in
      guard request.path.contains(Self.repository.hash(Self.vae)) else { return honest }
      var answer = honest
      if !answer.body.isEmpty { answer.body[answer.body.count / 2] ^= 1 }
      return answer
    })
    let test = try PullUnderTest(hub)
    let error = test.refused()
    #expect(error?.code == "hub-hash" && error?.status == .data, "\(error as Any)")
    #expect(test.restarts.count == 1 && test.partials.isEmpty)
    try expectNothing(test)
  }

  @Test func wrongBytesOfASmallFileAreRefused() throws {
    let hub = try LyingHub(onHub: { request, _, honest in
      guard request.method == "GET", request.path.hasSuffix("unet/config.json") else {
        return honest
      }
      var answer = honest
      answer.body = Array("{\"b\": 3}".utf8)
      return answer
    })
    #expect(try PullUnderTest(hub).refused()?.code == "hub-hash")
  }

  @Test(arguments: [299_999, 300_001, 1 << 62]) func aWrongSizeIsRefused(_ told: Int) throws {
    let hub = try LyingHub(onHub: { request, _, honest in
      guard request.path.hasSuffix(Self.vae) else { return honest }
      var answer = honest
      answer.fields = answer.fields.map { $0.0 == "X-Linked-Size" ? ($0.0, "\(told)") : $0 }
      return answer
    })
    let test = try PullUnderTest(hub)
    let error = test.refused()
    #expect(error?.code == "hub-size" && error?.what.contains(Self.vae) == true)
    #expect(error?.details.first == "300000 bytes in its list, \(told) in its answer for the file")
    try expectNothing(test)
  }

  @Test func aStoreThatSendsMoreIsCutOff() throws {
    let hub = try LyingHub(onStore: { request, _, honest in
      guard request.path.contains(Self.repository.hash(Self.vae)) else { return honest }
      // No length at all: the answer ends with the connection.
      var answer = honest
      answer.body += [UInt8](repeating: 77, count: 5_000_000)
      answer.fields = [("Transfer-Encoding", "identity"), ("Connection", "close")]
      return answer
    })
    let test = try PullUnderTest(hub)
    #expect(test.refused()?.code == "hub-size")
    try expectNothing(test)
  }

  @Test func aStoreThatPromisesAnotherLengthIsRefused() throws {
    let hub = try LyingHub(onStore: { request, _, honest in
      guard request.path.contains(Self.repository.hash(Self.vae)) else { return honest }
      var answer = honest
      answer.length = 300_010
      return answer
    })
    let error = try PullUnderTest(hub).refused()
    #expect(error?.code == "hub-size", "\(error as Any)")
    #expect(error?.details.first?.contains("300010") == true)
  }

  @Test func moreThanTheDiskHoldsIsRefusedBeforeTheFirstByte() throws {
    let huge = Int64(1) << 60
    let tree = Mutexed(
      Self.repository.tree.map { entry -> [String: Any] in
        guard entry["path"] as? String == Self.vae else { return entry }
        return entry.merging(["lfs": ["oid": Self.repository.hash(Self.vae), "size": huge]]) { $1 }
      })
    let hub = try LyingHub(onHub: { request, _, honest in
      request.path.contains("/tree/") ? LyingHub.json(tree.value) : honest
    })
    let test = try PullUnderTest(hub)
    let error = test.refused()
    #expect(error?.code == "disk-full" && error?.status == .io)
    #expect(hub.store.seen.isEmpty)
  }

  static let paths = [
    "../../../../evil", "/etc/evil", "unet/../../evil", "unet//evil", "unet/./evil",
    "unet/\u{1B}[2Jevil", "unet/e\nvil", "", "unet\\evil", String(repeating: "a", count: 256),
  ]

  @Test(arguments: paths) func aPathThatLeavesIsRefused(_ path: String) throws {
    let tree = Mutexed(
      Self.repository.tree + [
        ["type": "file", "path": path, "oid": String(repeating: "a", count: 40), "size": 1]
      ])
    let hub = try LyingHub(onHub: { request, _, honest in
      request.path.contains("/tree/") ? LyingHub.json(tree.value) : honest
    })
    let test = try PullUnderTest(hub)
    let error = test.refused()
    #expect(error?.code == "hub-path" && error?.status == .data, "\(error as Any)")
    #expect(error?.description.unicodeScalars.contains { $0 == "\u{1B}" } == false)
    #expect(!FileManager.default.fileExists(atPath: test.cache.path), "nothing is made")
  }

  @Test(arguments: ["../../evil", ".hidden", "a/b", "", "a b", String(repeating: "a", count: 200)])
  func anETagThatIsNoNameIsRefused(_ tag: String) throws {
    let hub = try LyingHub(onHub: { request, _, honest in
      guard request.path.hasSuffix("unet/config.json") else { return honest }
      var answer = honest
      answer.fields = [("ETag", "\"\(tag)\"")]
      return answer
    })
    #expect(try PullUnderTest(hub).refused()?.code == "hub-answer")
  }

  @Test func anETagThatIsNoHashIsSaid() throws {
    let hub = try LyingHub(onHub: { request, _, honest in
      guard request.path.hasSuffix("unet/config.json") else { return honest }
      var answer = honest
      answer.fields = [("ETag", "\"some-mirror-1\"")]
      return answer
    })
    let test = try PullUnderTest(hub)
    #expect(try test.pull().notVerifiable.map(\.description) == ["unet/config.json"])
    try test.expectWhole()
  }

  @Test func anIndexThatListsTheShardsOfOthersIsRefused() throws {
    var repository = HubRepository()
    repository.files["unet/diffusion_pytorch_model.safetensors.index.json"] = Array(
      #"{"weight_map": {"x": "../../../etc/evil.safetensors"}}"#.utf8)
    #expect(try PullUnderTest(LyingHub(repository)).refused()?.code == "shard-index")
  }

  @Test(arguments: ["not json", "[]", "{\"sha\": \"main\"}", "{\"sha\": \"../../x\"}"])
  func aListThatIsNoneIsRefused(_ text: String) throws {
    let hub = try LyingHub(onHub: { request, _, honest in
      guard request.path.contains("/revision/") else { return honest }
      return HubServer.Answer(body: Array(text.utf8))
    })
    #expect(try PullUnderTest(hub).refused()?.code == "hub-answer")
  }
}
