import EditJobs
import Files
import Foundation
import HubCache
import ModelHub
import Testing

/// What people are told, and how often a hub that is busy is asked.
@Suite struct RefusalTests {
  private func hub(_ status: Int, _ code: String?, on part: String = "/resolve/") throws -> LyingHub
  {
    try LyingHub(onHub: { request, _, honest in
      guard request.path.contains(part) else { return honest }
      guard let code else { return HubServer.Answer(status: status) }
      return LyingHub.refusal(status, code, "Words of the hub")
    })
  }

  @Test func aGatedModelIsExplained() throws {
    for token in [nil, "hf_x"] {
      let test = try PullUnderTest(hub(token == nil ? 401 : 403, "GatedRepo"))
      let error = test.refused(token: token)
      #expect(error?.status == .notAllowed && error?.code == "model-gated")
      #expect(error?.what.contains("org/mini is gated") == true)
      #expect(error?.details == ["the hub says: Words of the hub"])
      #expect(error?.hint?.contains("accept its terms on \(test.hub.hub.address)/org/mini") == true)
      #expect(error?.hint?.contains(token == nil ? "set HF_TOKEN" : "token that is set") == true)
    }
  }

  @Test func whatIsNotThereIsSaid() throws {
    let unknown = try PullUnderTest(LyingHub()).refused("org/nothing")
    #expect(unknown?.status == .missing && unknown?.what.contains("or it is private") == true)
    #expect(unknown?.hint?.contains("HF_TOKEN") == true)
    let revision = try PullUnderTest(LyingHub()).refused("org/mini@v9")
    #expect(revision?.code == "revision-not-found" && revision?.what.contains("v9") == true)
    let file = try PullUnderTest(hub(404, "EntryNotFound")).refused()
    #expect(file?.code == "file-not-found" && file?.status == .missing)
    let token = try PullUnderTest(hub(401, nil, on: "/api/")).refused(token: "hf_x")
    #expect(token?.code == "token-refused" && token?.status == .notAllowed)
    let silent = try PullUnderTest(hub(401, nil, on: "/api/")).refused()
    #expect(silent?.code == "model-not-found")
  }

  @Test(arguments: [408, 429, 500, 503]) func aBusyHubIsAskedAgain(_ status: Int) throws {
    let hub = try LyingHub(onHub: { request, count, honest in
      guard request.path.hasSuffix("unet/config.json"), request.method == "HEAD", count < 3 else {
        return honest
      }
      return HubServer.Answer(
        status: status, fields: count == 1 ? [("Retry-After", "17")] : [])
    })
    let test = try PullUnderTest(hub)
    try test.pull()
    try test.expectWhole()
    #expect(test.waits == [1, 17, 4])
  }

  @Test func fiveTriesWithoutProgressAreEnough() throws {
    let busy = try PullUnderTest(hub(429, nil))
    let error = busy.refused()
    #expect(error?.status == .temporary && error?.hint?.contains("HF_TOKEN") == true)
    #expect(busy.waits == [1, 2, 4, 8])
    let broken = try PullUnderTest(hub(502, nil))
    #expect(broken.refused()?.status == .unavailable)
    #expect(broken.waits.count == 4)
    // A day is too long to wait for.
    let patient = try LyingHub(onHub: { request, _, honest in
      request.path.contains("/resolve/")
        ? HubServer.Answer(status: 429, fields: [("Retry-After", "86400")]) : honest
    })
    let test = try PullUnderTest(patient)
    #expect(test.refused()?.status == .temporary && test.waits.isEmpty)
  }

  @Test func aSilentStoreIsGivenUp() throws {
    let hub = try LyingHub(onStore: { _, _, honest in
      var answer = honest
      answer.stall = (0, 4)
      return answer
    })
    let test = try PullUnderTest(hub)
    let error = test.refused()
    #expect(error?.code == "hub-unreachable", "\(error as Any)")
    #expect(test.waits.count == 4)
  }

  /// How long the hub may think about a listing is a setting of its own.
  @Test func aHubThatIsSilentIsAskedAgainAfterTheSettingsTime() throws {
    let hub = try LyingHub(onHub: { request, count, honest in
      guard request.path.hasPrefix("/api/"), request.path.contains("/tree/"), count == 0 else {
        return honest
      }
      var answer = honest
      answer.stall = (0, 2.5)
      return answer
    })
    let test = try PullUnderTest(hub)
    try test.pull(environment: ["HF_HUB_ETAG_TIMEOUT": "1"])
    try test.expectWhole()
    #expect(test.waits == [1])
    let patient = try PullUnderTest(
      LyingHub(onHub: { request, count, honest in
        var answer = honest
        if request.path.contains("/tree/"), count == 0 { answer.stall = (0, 2.5) }
        return answer
      }))
    try patient.pull()
    #expect(patient.waits.isEmpty, "ten seconds where nothing is set")
  }

  @Test func whatASecondTryDoesNotMendIsNotTriedAgain() throws {
    let test = try PullUnderTest(LyingHub())
    try FileManager.default.createDirectory(atPath: test.home, withIntermediateDirectories: true)
    let bundle = "\(test.home)/certificates.pem"
    try "no certificate".write(toFile: bundle, atomically: true, encoding: .utf8)
    let error = #expect(throws: EditError.self) {
      try test.pull(environment: [
        "HF_ENDPOINT": test.hub.hub.address.replacingOccurrences(of: "http:", with: "https:"),
        "CURL_CA_BUNDLE": bundle,
      ])
    }
    #expect(error?.code == "hub-unreachable" && test.waits.isEmpty, "\(error as Any)")
  }

  @Test func picklesAndOtherLayoutsAreRefused() throws {
    var pickled = HubRepository()
    pickled.files = pickled.files.filter {
      !$0.key.hasPrefix("unet/") || $0.key.hasSuffix(".bin") || $0.key.hasSuffix("config.json")
    }
    let pickle = try PullUnderTest(LyingHub(pickled)).refused()
    #expect(pickle?.code == "pickle-weights" && pickle?.status == .data)
    var single = HubRepository()
    single.files = ["v1.safetensors": [1, 2, 3]]
    let other = try PullUnderTest(LyingHub(single)).refused()
    #expect(
      other?.code == "not-diffusers" && other?.details.first?.contains("v1.safetensors") == true)
    var flux = HubRepository()
    flux.files = flux.files.filter { !$0.key.hasPrefix("unet/") }
    #expect(try PullUnderTest(LyingHub(flux)).refused()?.what.contains("no folder unet") == true)
  }
}
