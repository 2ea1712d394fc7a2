import Files
import Foundation
import HubCache

/// Requests to one hub about one model: the token where it belongs, redirects, retries, errors.
final class HubConnection {
  /// The largest answer that is held in memory, in bytes.
  static let largestDocument = 64 << 20
  private static let mostRedirects = 5

  let model: HubModelName
  let settings: HubSettings
  let refusal: HubRefusal
  private let session: HTTPSession
  private let pause: (Double) throws -> Void
  private let telling: (String, Double) -> Void

  /// - Parameters:
  ///   - pause: waits so many seconds before another try.
  ///   - telling: is told why a try failed and how long the wait is.
  init(
    _ model: HubModelName, settings: HubSettings, session: HTTPSession,
    pause: @escaping (Double) throws -> Void, telling: @escaping (String, Double) -> Void
  ) {
    (self.model, self.settings, self.session) = (model, settings, session)
    (self.pause, self.telling) = (pause, telling)
    refusal = HubRefusal(model: model, settings: settings)
  }

  /// Counts tries of one thing.
  func retries() -> Retries { Retries(pause: pause) }

  /// Waits before another try; throws what a person is told where it was the last.
  func wait(_ retries: inout Retries, after failure: TransferFailure) throws {
    do {
      try retries.failed(failure, telling: telling)
    } catch let failure as TransferFailure {
      throw refusal.error(failure)
    }
  }

  /// An address of the hub, of a path that begins with a slash.
  func address(_ path: String) throws -> HTTPAddress {
    guard let address = HTTPAddress(settings.endpoint + path) else {
      throw EditError(
        "hub-settings", .configuration, "HF_ENDPOINT gives no address with \(path.printable)")
    }
    return address
  }

  /// A document of the hub's interface, and what it says of the next page.
  func document(_ address: HTTPAddress) throws -> (head: HTTPHead, bytes: [UInt8], at: HTTPAddress)
  {
    var retries = retries()
    while true {
      do {
        return try documentOnce(address)
      } catch let failure as TransferFailure {
        try wait(&retries, after: failure)
      }
    }
  }

  private func documentOnce(
    _ address: HTTPAddress
  ) throws -> (head: HTTPHead, bytes: [UInt8], at: HTTPAddress) {
    var bytes: [UInt8] = []
    let (head, at) = try following(address, "GET", timeout: settings.metadataTimeout) { [model] in
      guard bytes.count + $1.count <= Self.largestDocument else {
        throw EditError("hub-answer", .data, "the hub's answer for \(model) is too long")
      }
      if (200..<300).contains($0.status) { bytes += $1 }
    }
    guard head.status == 200 else { throw refusal.error(head, at: at) }
    return (head, bytes, at)
  }

  /// What the hub says of a file: the head of the last answer that is still the hub's own.
  func metadata(_ address: HTTPAddress, file: HubPath) throws -> (HTTPHead, HTTPAddress) {
    var retries = retries()
    while true {
      do {
        let (head, at) = try following(address, "HEAD", timeout: settings.metadataTimeout)
        guard (200..<400).contains(head.status) else {
          throw refusal.error(head, at: at, file: file)
        }
        return (head, at)
      } catch let failure as TransferFailure {
        try wait(&retries, after: failure)
      }
    }
  }

  /// Sends a request and follows redirects that stay on the hub: a repository that was renamed.
  private func following(
    _ address: HTTPAddress, _ method: String, timeout: Int,
    body: @escaping (HTTPHead, UnsafeRawBufferPointer) throws -> Void = { _, _ in }
  ) throws -> (HTTPHead, HTTPAddress) {
    var (address, earlier): (HTTPAddress, HTTPHead?) = (address, nil)
    for _ in 0...Self.mostRedirects {
      var head = try once(address, method, timeout: timeout, body: body)
      head.inherit(earlier)
      guard (300..<400).contains(head.status), let location = head["location"],
        let next = address.resolving(location), next.origin == address.origin,
        method == "GET" || HTTPAddress.isRelative(location)
      else { return (head, address) }
      (address, earlier) = (next, method == "HEAD" ? head : nil)
    }
    throw tooManyRedirects
  }

  /// Sends one request for a file's bytes, and follows redirects to wherever they are.
  func bytes(
    _ address: HTTPAddress, fields: [String],
    body: @escaping (HTTPHead, UnsafeRawBufferPointer) throws -> Void
  ) throws -> (HTTPHead, HTTPAddress) {
    var address = address
    for _ in 0...Self.mostRedirects {
      let head = try once(
        address, "GET", fields: fields, timeout: settings.downloadTimeout, body: body)
      guard (300..<400).contains(head.status), let location = head["location"] else {
        return (head, address)
      }
      guard let next = address.resolving(location), next.isSecure || !address.isSecure else {
        throw EditError(
          "hub-answer", .data,
          "the hub sends the bytes of \(model) over a connection that is not secured")
      }
      address = next
    }
    throw tooManyRedirects
  }

  private func once(
    _ address: HTTPAddress, _ method: String, fields: [String] = [], timeout: Int,
    body: @escaping (HTTPHead, UnsafeRawBufferPointer) throws -> Void
  ) throws -> HTTPHead {
    var fields = fields + ["Accept-Encoding: identity"]
    // Looked at for every hop: the token goes to the hub's own scheme, host and port alone.
    if let token = settings.token, address.origin == settings.address.origin {
      fields.append("Authorization: Bearer \(token)")
    }
    let request = HTTPRequest(
      method: method, address: address, fields: fields, timeout: timeout)
    let head = try session.perform(request, body: body)
    if head.status == 408 || head.status == 429 || head.status >= 500 {
      throw TransferFailure.busy(
        status: head.status, seconds: head["retry-after"].flatMap { Double($0) })
    }
    return head
  }

  private var tooManyRedirects: EditError {
    EditError("hub-answer", .unavailable, "the hub redirects \(model) without an end")
  }
}
