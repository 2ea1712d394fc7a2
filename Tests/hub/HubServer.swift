import Foundation
import Synchronization

/// A small HTTP server on a loopback port of its own: what a handler says, byte by byte.
final class HubServer: Sendable {
  /// A request as it came.
  struct Request: Sendable {
    var method: String
    /// With the query.
    var target: String
    var fields: [String: String]

    /// Without the query.
    var path: String { String(target.prefix { $0 != "?" }) }
    /// The first byte of `Range: bytes=5-`.
    var start: Int? {
      fields["range"].flatMap { Int($0.dropFirst("bytes=".count).prefix { $0 != "-" }) }
    }
  }

  /// An answer; the body may be cut, or say another length than it has.
  struct Answer: Sendable {
    var status = 200
    var fields: [(String, String)] = []
    var body: [UInt8] = []
    /// What `Content-Length` says; the body's own where `nil`.
    var length: Int?
    /// Bytes after which the connection is closed.
    var cut: Int?
    /// Bytes after which the answer waits, and how long in seconds.
    var stall: (bytes: Int, seconds: Double)?
  }

  struct Refused: Error {}

  let port: UInt16
  private let listener: Int32
  private let isOpen = Atomic<Bool>(true)
  private let requests = Mutex<[Request]>([])

  var address: String { "http://127.0.0.1:\(port)" }
  /// Everything that was asked so far.
  var seen: [Request] { requests.withLock { $0 } }

  /// Listens on a port that the system chooses.
  init(_ handler: @escaping @Sendable (Request) -> Answer) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, length) == 0 && listen(listener, 16) == 0
          && getsockname(listener, address, &length) == 0
      }
    }
    guard bound else { throw Refused() }
    (self.listener, port) = (listener, UInt16(bigEndian: name.sin_port))
    Thread.detachNewThread { [self] in
      while isOpen.load(ordering: .relaxed) {
        let connection = accept(self.listener, nil, nil)
        guard connection >= 0 else { break }
        Thread.detachNewThread { self.serve(connection, handler) }
      }
    }
  }

  /// Ends the server; connections that are open end with their client.
  func stop() {
    if isOpen.exchange(false, ordering: .relaxed) {
      shutdown(listener, Int32(SHUT_RDWR))
      close(listener)
    }
  }

  private func serve(_ connection: Int32, _ handler: (Request) -> Answer) {
    defer { close(connection) }
    var buffer: [UInt8] = []
    while let request = Self.read(connection, &buffer) {
      requests.withLock { $0.append(request) }
      guard Self.send(handler(request), to: connection, isHead: request.method == "HEAD") else {
        return
      }
    }
  }

  /// Reads up to an empty line; these requests have no body.
  private static func read(_ connection: Int32, _ buffer: inout [UInt8]) -> Request? {
    let end = Array("\r\n\r\n".utf8)
    while true {
      if let range = buffer.firstRange(of: end) {
        let text = String(decoding: buffer[..<range.lowerBound], as: UTF8.self)
        buffer.removeSubrange(..<range.upperBound)
        let lines = text.components(separatedBy: "\r\n")
        let words = (lines.first ?? "").split(separator: " ").map(String.init)
        guard words.count == 3 else { return nil }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
          let name = line.prefix { $0 != ":" }
          fields[name.lowercased()] = line.dropFirst(name.count + 1)
            .trimmingCharacters(in: .whitespaces)
        }
        return Request(method: words[0], target: words[1], fields: fields)
      }
      var bytes = [UInt8](repeating: 0, count: 65_536)
      let count = recv(connection, &bytes, bytes.count, 0)
      guard count > 0 else { return nil }
      buffer += bytes.prefix(count)
    }
  }

  /// Whether the connection can be used again.
  private static func send(_ answer: Answer, to connection: Int32, isHead: Bool) -> Bool {
    var text = "HTTP/1.1 \(answer.status) Said\r\n"
    let says = answer.fields.contains { $0.0.lowercased() == "content-length" }
    let fields =
      answer.fields + (says ? [] : [("Content-Length", "\(answer.length ?? answer.body.count)")])
    for (name, value) in fields { text += "\(name): \(value)\r\n" }
    guard write(Array((text + "\r\n").utf8)[...], connection) else { return false }
    if isHead { return true }
    var body = answer.body[...]
    if let cut = answer.cut { body = body.prefix(cut) }
    if let stall = answer.stall {
      guard write(body.prefix(stall.bytes), connection) else { return false }
      Thread.sleep(forTimeInterval: stall.seconds)
      body = body.dropFirst(stall.bytes)
    }
    return write(body, connection) && answer.cut == nil && answer.length == nil
  }

  private static func write(_ bytes: ArraySlice<UInt8>, _ connection: Int32) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
