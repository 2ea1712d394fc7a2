import CCurl

/// One HTTP request.
struct HTTPRequest {
  var method = "GET"
  var address: HTTPAddress
  /// Lines such as `Range: bytes=5-`.
  var fields: [String] = []
  /// Seconds for the connection, and seconds without a byte.
  var timeout: Int
}

/// Requests over connections that are kept, one after the other; redirects are not followed.
final class HTTPSession {
  /// What arrives during one request.
  private final class Exchange {
    var head = HTTPHead()
    var failure: (any Error)?
    let body: (HTTPHead, UnsafeRawBufferPointer) throws -> Void
    let isCancelled: () -> Bool

    init(
      _ body: @escaping (HTTPHead, UnsafeRawBufferPointer) throws -> Void,
      _ isCancelled: @escaping () -> Bool
    ) {
      (self.body, self.isCancelled) = (body, isCancelled)
    }

    static func of(_ context: UnsafeMutableRawPointer?) -> Exchange? {
      context.map { Unmanaged<Exchange>.fromOpaque($0).takeUnretainedValue() }
    }
  }

  /// What a second try does not mend.
  private static let useless = [
    CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_URL_MALFORMAT,
    CURLE_UNSUPPORTED_PROTOCOL,
  ]

  private let handle: UnsafeMutableRawPointer
  private let certificates: String?
  private let isCancelled: () -> Bool

  /// - Parameters:
  ///   - certificates: a file of certificates in the place of the system's.
  ///   - isCancelled: asked about once a second; `true` ends a request.
  init?(certificates: String?, isCancelled: @escaping () -> Bool) {
    guard let handle = curl_easy_init() else { return nil }
    (self.handle, self.certificates, self.isCancelled) = (handle, certificates, isCancelled)
  }

  deinit { curl_easy_cleanup(handle) }

  /// Sends a request and hands the body over as it comes.
  ///
  /// - Throws: `TransferFailure`, and what `body` throws.
  func perform(
    _ request: HTTPRequest,
    body: @escaping (HTTPHead, UnsafeRawBufferPointer) throws -> Void = { _, _ in }
  ) throws -> HTTPHead {
    let exchange = Exchange(body, isCancelled)
    var reason = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
    var lines: UnsafeMutablePointer<curl_slist>?
    for line in request.fields { lines = curl_slist_append(lines, line) }
    defer { curl_slist_free_all(lines) }
    let code = reason.withUnsafeMutableBufferPointer { reason in
      curl_easy_reset(handle)
      configure(request)
      ccurl_set_headers(handle, lines)
      ccurl_set_pointer(handle, CURLOPT_ERRORBUFFER, reason.baseAddress)
      listen(Unmanaged.passUnretained(exchange).toOpaque())
      let code = withExtendedLifetime(exchange) { curl_easy_perform(handle) }
      // The buffer goes; the handle stays.
      ccurl_set_pointer(handle, CURLOPT_ERRORBUFFER, nil)
      return code
    }
    if let failure = exchange.failure { throw failure }
    if isCancelled() { throw TransferFailure.cancelled }
    guard code == CURLE_OK else {
      let text = reason.withUnsafeBufferPointer { words in
        words.baseAddress.map { String(cString: $0) } ?? ""
      }
      let words = text.isEmpty ? String(cString: curl_easy_strerror(code)) : text
      throw Self.useless.contains(code)
        ? TransferFailure.useless(words) : TransferFailure.connection(words)
    }
    return exchange.head
  }

  private func configure(_ request: HTTPRequest) {
    ccurl_set_text(handle, CURLOPT_URL, request.address.text)
    if request.method == "HEAD" { ccurl_set_number(handle, CURLOPT_NOBODY, 1) }
    ccurl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
    ccurl_set_text(handle, CURLOPT_USERAGENT, "p2p/0.1.0")
    ccurl_set_number(handle, CURLOPT_NOSIGNAL, 1)
    ccurl_set_number(handle, CURLOPT_CONNECTTIMEOUT, request.timeout)
    ccurl_set_number(handle, CURLOPT_LOW_SPEED_LIMIT, 1)
    ccurl_set_number(handle, CURLOPT_LOW_SPEED_TIME, request.timeout)
    if let certificates { ccurl_set_text(handle, CURLOPT_CAINFO, certificates) }
  }

  private func listen(_ context: UnsafeMutableRawPointer) {
    for option in [CURLOPT_HEADERDATA, CURLOPT_WRITEDATA, CURLOPT_XFERINFODATA] {
      ccurl_set_pointer(handle, option, context)
    }
    ccurl_set_receiver(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
      guard let bytes, let exchange = Exchange.of(context) else { return 0 }
      let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
      exchange.head.take(line: String(decoding: line, as: UTF8.self))
      return size * count
    }
    ccurl_set_receiver(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
      guard let exchange = Exchange.of(context) else { return 0 }
      do {
        try exchange.body(
          exchange.head, UnsafeRawBufferPointer(start: bytes, count: size * count))
        return size * count
      } catch {
        exchange.failure = error
        return 0
      }
    }
    ccurl_set_number(handle, CURLOPT_NOPROGRESS, 0)
    ccurl_set_watcher(handle) { context, _, _, _, _ in
      Exchange.of(context)?.isCancelled() == true ? 1 : 0
    }
  }
}
