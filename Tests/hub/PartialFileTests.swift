import EditJobs
import Files
import Foundation
import HubCache
import ModelHub
import Synchronization
import Testing

/// Connections that break, and servers that do not go on where they should.
@Suite struct PartialFileTests {
  private static let repository = HubRepository()
  private static let vae = "vae/diffusion_pytorch_model.safetensors"
  private static let isVae: @Sendable (HubServer.Request) -> Bool = {
    $0.path == "/\(repository.hash(vae))"
  }

  @Test func aBrokenConnectionGoesOnBehindTheLastByte() throws {
    let hub = try LyingHub(onStore: { request, count, honest in
      guard Self.isVae(request), count < 7 else { return honest }
      var answer = honest
      answer.cut = 40_000
      return answer
    })
    let test = try PullUnderTest(hub)
    let report = try test.pull()
    try test.expectWhole()
    #expect(
      hub.store.seen.filter(Self.isVae).map(\.start) == [
        nil, 40_000, 80_000, 120_000, 160_000, 200_000, 240_000, 280_000,
      ])
    #expect(report.fetched == report.bytes, "no byte came twice")
    #expect(test.waits.allSatisfy { $0 == 1 }, "there was progress each time: \(test.waits)")
  }

  @Test func anInterruptedPullIsGoneOnWith() throws {
    let isStopped = Atomic<Bool>(false)
    let hub = try LyingHub(onStore: { request, count, honest in
      guard Self.isVae(request), count == 0 else { return honest }
      var answer = honest
      answer.stall = (100_000, 3)
      return answer
    })
    let test = try PullUnderTest(hub)
    Thread.detachNewThread {
      Thread.sleep(forTimeInterval: 1)
      isStopped.store(true, ordering: .relaxed)
    }
    #expect(throws: HubInterrupted.self) {
      try test.pull(
        environment: ["HF_HUB_DOWNLOAD_TIMEOUT": "30"],
        isCancelled: { isStopped.load(ordering: .relaxed) })
    }
    #expect(test.partials.count == 1)
    #expect(throws: EditError.self) { try test.cache.modelFolder(HubModelName(typed: "org/mini")) }
    try test.pull()
    try test.expectWhole()
    #expect(hub.store.seen.last(where: Self.isVae)?.start == 100_000)
  }

  @Test func aServerThatIgnoresRangesSendsItAll() throws {
    let hub = try LyingHub(onStore: { request, count, honest in
      guard Self.isVae(request) else { return honest }
      var answer = HubServer.Answer(body: Self.repository.files[Self.vae] ?? [])
      if count == 0 { answer.cut = 50_000 }
      return answer
    })
    let test = try PullUnderTest(hub)
    try test.pull()
    try test.expectWhole()
    #expect(test.restarts == ["the server sends it from its first byte"])
  }

  @Test func anAnswerFromAnotherByteIsRefused() throws {
    let hub = try LyingHub(onStore: { request, count, honest in
      guard Self.isVae(request) else { return honest }
      var answer = honest
      if count == 0 { answer.cut = 50_000 }
      answer.fields = answer.fields.map {
        ($0.0, $0.1.replacingOccurrences(of: "50000-", with: "0-"))
      }
      return answer
    })
    let test = try PullUnderTest(hub)
    let error = test.refused()
    #expect(error?.code == "hub-size")
    #expect(
      error?.details.first?.contains("does not begin at byte 50000") == true, "\(error as Any)")
  }

  @Test func aRefusedRangeBeginsOnceAgain() throws {
    let hub = try LyingHub(onStore: { request, count, honest in
      guard Self.isVae(request) else { return honest }
      var answer = honest
      if count == 0 { answer.cut = 50_000 }
      return request.start == nil ? answer : HubServer.Answer(status: 416)
    })
    let test = try PullUnderTest(hub)
    try test.pull()
    try test.expectWhole()
    #expect(test.restarts == ["the server does not go on behind byte 50000"])
  }

  @Test(arguments: [0, 100, 300_000, 300_001, 500_000])
  func whatLiesThereIsChecked(_ count: Int) throws {
    let test = try PullUnderTest(LyingHub())
    let blobs = "\(test.cache.path)/models--org--mini/blobs"
    try FileManager.default.createDirectory(atPath: blobs, withIntermediateDirectories: true)
    let right = Array((Self.repository.files[Self.vae] ?? []).prefix(count))
    let partial = "\(blobs)/\(Self.repository.hash(Self.vae)).p2p.incomplete"
    let bytes = right + [UInt8](repeating: 7, count: count - right.count)
    try Data(bytes).write(to: URL(filePath: partial))
    try test.pull()
    try test.expectWhole()
    let asked = test.hub.store.seen.filter(Self.isVae)
    switch count {
    case 300_000: #expect(asked.isEmpty, "only its hash had to be looked at")
    case 100: #expect(asked.map(\.start) == [100])
    default: #expect(asked.map(\.start) == [nil])
    }
  }

  @Test func bytesOfSomethingElseAreThrownAwayOnce() throws {
    let test = try PullUnderTest(LyingHub())
    let blobs = "\(test.cache.path)/models--org--mini/blobs"
    try FileManager.default.createDirectory(atPath: blobs, withIntermediateDirectories: true)
    let partial = "\(blobs)/\(Self.repository.hash(Self.vae)).p2p.incomplete"
    try Data(repeating: 7, count: 1000).write(to: URL(filePath: partial))
    try test.pull()
    try test.expectWhole()
    #expect(test.restarts == ["its bytes have another hash than the hub says"])
  }

  @Test func anExpiredAddressIsAskedForAgain() throws {
    let hub = try LyingHub(onStore: { request, count, honest in
      guard Self.isVae(request), count < 2 else { return honest }
      var answer = honest
      answer.cut = 70_000
      return count == 1 ? HubServer.Answer(status: 403) : answer
    })
    let test = try PullUnderTest(hub)
    try test.pull()
    try test.expectWhole()
    let heads = hub.hub.seen.filter { $0.method == "HEAD" && $0.path.hasSuffix(Self.vae) }
    #expect(heads.count == 2)
    #expect(hub.store.seen.filter(Self.isVae).map(\.start) == [nil, 70_000, 70_000])
  }
}
