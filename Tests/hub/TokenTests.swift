import EditJobs
import Files
import Foundation
import HubCache
import ModelHub
import Testing

/// Where the token goes, and where it never does.
@Suite struct TokenTests {
  private static let token = "hf_verysecretindeed"

  @Test func theTokenGoesToTheHubAlone() throws {
    let test = try PullUnderTest(LyingHub())
    try test.pull(token: " \(Self.token)\n")
    #expect(test.hub.hub.seen.allSatisfy { $0.fields["authorization"] == "Bearer \(Self.token)" })
    #expect(test.hub.store.seen.count > 3)
    #expect(test.hub.store.seen.allSatisfy { $0.fields["authorization"] == nil })
  }

  @Test func theTokenDoesNotComeBackAfterTwoHops() throws {
    // The store redirects to the hub's name on the store's port: another authority all the same.
    let other = try HubServer { request in
      HubServer.Answer(status: 403, fields: [("X-Seen", request.fields["authorization"] ?? "none")])
    }
    defer { other.stop() }
    let address = other.address
    let hub = try LyingHub(onStore: { _, _, _ in
      HubServer.Answer(status: 302, fields: [("Location", "\(address)/file")])
    })
    let test = try PullUnderTest(hub)
    #expect(test.refused(token: Self.token) != nil)
    #expect(!other.seen.isEmpty)
    #expect(other.seen.allSatisfy { $0.fields["authorization"] == nil })
  }

  /// The same port, and another name of the same machine: another authority.
  @Test func theTokenStaysWithTheNameOfTheHub() throws {
    let hash = HubRepository().hash("vae/diffusion_pytorch_model.safetensors")
    let bytes = HubRepository().files["vae/diffusion_pytorch_model.safetensors"] ?? []
    let hub = try LyingHub(onHub: { request, _, honest in
      if request.path == "/elsewhere" { return HubServer.Answer(body: bytes) }
      guard let at = honest.fields.firstIndex(where: { $0.0 == "Location" && $0.1.contains(hash) })
      else { return honest }
      var answer = honest
      let port = request.fields["host"]?.split(separator: ":").last ?? ""
      answer.fields[at].1 = "http://localhost:\(port)/elsewhere"
      return answer
    })
    let test = try PullUnderTest(hub)
    try test.pull(token: Self.token)
    try test.expectWhole()
    let (there, here) = (
      hub.hub.seen.filter { $0.fields["host"]?.hasPrefix("localhost") == true },
      hub.hub.seen.filter { $0.fields["host"]?.hasPrefix("127.0.0.1") == true }
    )
    #expect(!there.isEmpty && there.allSatisfy { $0.path == "/elsewhere" })
    #expect(there.allSatisfy { $0.fields["authorization"] == nil })
    #expect(here.count > 12 && here.allSatisfy { $0.fields["authorization"] != nil })
  }

  @Test func theTokensFileMayBeElsewhere() throws {
    let test = try PullUnderTest(LyingHub())
    try FileManager.default.createDirectory(atPath: test.home, withIntermediateDirectories: true)
    try "hf_other".write(toFile: "\(test.home)/token", atomically: true, encoding: .utf8)
    let file = "\(test.home)/my token"
    try "\(Self.token)\n".write(toFile: file, atomically: true, encoding: .utf8)
    try test.pull(environment: ["HF_TOKEN_PATH": file])
    #expect(test.hub.hub.seen.allSatisfy { $0.fields["authorization"] == "Bearer \(Self.token)" })
  }

  @Test func theTokenComesFromTheFileAndMayBeSwitchedOff() throws {
    let test = try PullUnderTest(LyingHub())
    try FileManager.default.createDirectory(atPath: test.home, withIntermediateDirectories: true)
    try "\(Self.token)\n".write(toFile: "\(test.home)/token", atomically: true, encoding: .utf8)
    try test.pull(environment: ["HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"])
    #expect(test.hub.hub.seen.allSatisfy { $0.fields["authorization"] == nil })
    try test.pull()
    #expect(test.hub.hub.seen.last?.fields["authorization"] == "Bearer \(Self.token)")
  }

  @Test func aTokenThatWouldAddALineIsRefusedAndNotShown() throws {
    let test = try PullUnderTest(LyingHub())
    let error = test.refused(token: "hf_secret\r\nX-Evil: 1")
    #expect(error?.status == .configuration)
    #expect(error?.description.contains("secret") == false)
    #expect(test.hub.hub.seen.isEmpty)
  }

  @Test func neitherTokenNorSignatureIsShown() throws {
    let hub = try LyingHub(
      onHub: { request, _, honest in
        guard request.path.hasSuffix("vae/config.json") else { return honest }
        return LyingHub.refusal(403, "", "your token \(Self.token) is\u{1B}[31m bad")
      })
    let told = try PullUnderTest(hub).refused(token: Self.token)
    #expect(told?.status == .notAllowed)
    #expect(told?.details.contains { $0.contains("your token … is\\u{1b}[31m bad") } == true)

    let store = try LyingHub(onStore: { _, _, _ in HubServer.Answer(status: 403) })
    let expired = try PullUnderTest(store).refused()
    #expect(expired?.description.contains("127.0.0.1") == true)
    #expect(expired?.description.contains("signature") == false)
    let missing = try LyingHub(onStore: { _, _, _ in HubServer.Answer(status: 404) })
    #expect(try PullUnderTest(missing).refused()?.description.contains("signature") == false)
  }
}
