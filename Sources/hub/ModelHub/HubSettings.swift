public import Files
import Foundation
public import HubCache

/// How the hub is reached: its address, the token, the time that it gets.
public struct HubSettings: Sendable {
  /// The address of the hub without a slash at its end.
  public let endpoint: String
  /// What may be fetched with it is decided by the hub; it goes to the endpoint's host alone.
  let token: String?
  /// Which switch forbids the network.
  public let offlineSwitch: String?
  /// Seconds for answers without a body.
  let metadataTimeout: Int
  /// Seconds without a byte of a file.
  let downloadTimeout: Int
  let certificates: String?
  let address: HTTPAddress

  /// Whether a token is set; it is never shown.
  public var hasToken: Bool { token != nil }

  /// Reads the environment and the token's file.
  ///
  /// - Throws: `hub-settings` (78) for an endpoint or a token that cannot be one.
  public init(_ environment: HubEnvironment) throws(EditError) {
    var endpoint = environment["HF_ENDPOINT"] ?? "https://huggingface.co"
    while endpoint.hasSuffix("/") { endpoint.removeLast() }
    guard let address = HTTPAddress(endpoint), !endpoint.contains("?"), !endpoint.contains("#")
    else {
      throw EditError(
        "hub-settings", .configuration, "HF_ENDPOINT is not the address of a hub",
        hint: "HF_ENDPOINT=https://huggingface.co")
    }
    (self.endpoint, self.address) = (endpoint, address)
    token = try Self.token(environment)
    offlineSwitch = environment.offlineSwitch
    metadataTimeout = Self.seconds(environment["HF_HUB_ETAG_TIMEOUT"])
    downloadTimeout = Self.seconds(environment["HF_HUB_DOWNLOAD_TIMEOUT"])
    certificates =
      environment["CURL_CA_BUNDLE"] ?? environment["REQUESTS_CA_BUNDLE"]
      ?? environment["SSL_CERT_FILE"]
  }

  private static func seconds(_ text: String?) -> Int {
    text.flatMap { Int($0) }.map { min(max($0, 1), 3600) } ?? 10
  }

  private static func token(_ environment: HubEnvironment) throws(EditError) -> String? {
    guard !environment.isOn("HF_HUB_DISABLE_IMPLICIT_TOKEN") else { return nil }
    let set = environment["HF_TOKEN"] ?? environment["HUGGING_FACE_HUB_TOKEN"]
    let file = environment.expanded(
      environment["HF_TOKEN_PATH"] ?? "\(environment.home)/token")
    let bytes = set == nil ? FileManager.default.contents(atPath: file) : nil
    let text =
      try bytes.map { bytes throws(EditError) in
        try UserText.decoded(bytes, file: file, status: .configuration)
      } ?? set ?? ""
    let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard token.utf8.allSatisfy({ (33...126).contains($0) }) else {
      throw EditError(
        "hub-settings", .configuration,
        "the token in \(set == nil ? file : "HF_TOKEN") has characters that no token has")
    }
    return token.isEmpty ? nil : token
  }
}
