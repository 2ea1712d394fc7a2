import Foundation

/// An http or https address, with what decides who may see a token.
struct HTTPAddress: Hashable, Sendable {
  /// The whole address.
  let text: String
  /// Scheme, host and port, the port written out.
  let origin: String
  let isSecure: Bool
  private let path: String

  /// Reads an absolute address; `nil` for other schemes and for addresses with a user's name.
  init?(_ text: String) {
    guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
      let host = parts.host?.lowercased(), !host.isEmpty, ["http", "https"].contains(scheme),
      parts.user == nil, parts.password == nil
    else { return nil }
    self.text = text
    isSecure = scheme == "https"
    path = parts.percentEncodedPath
    origin = "\(scheme)://\(host):\(parts.port ?? (isSecure ? 443 : 80))"
  }

  /// Where a `Location` or a `Link` leads from here.
  func resolving(_ location: String) -> HTTPAddress? {
    if location.hasPrefix("//") { return HTTPAddress((isSecure ? "https:" : "http:") + location) }
    if Self.isRelative(location) {
      guard let base = URL(string: text), let url = URL(string: location, relativeTo: base) else {
        return nil
      }
      return HTTPAddress(url.absoluteString)
    }
    return HTTPAddress(location)
  }

  /// Whether a location stays on the host that sends it.
  static func isRelative(_ location: String) -> Bool {
    !location.hasPrefix("//") && !location.prefix { $0 != "/" && $0 != "?" }.contains(":")
  }

  /// The address without its query, which may be a signature: for people.
  var shown: String { "\(origin)\(path)" }

  /// A segment of a path with everything escaped but letters, digits and `-._~`; of a path with
  /// slashes, those too.
  static func escaped(_ text: String, keepingSlashes: Bool = false) -> String {
    let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if plain.contains(byte) || (keepingSlashes && byte == UInt8(ascii: "/")) {
        bytes.append(byte)
      } else {
        bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
