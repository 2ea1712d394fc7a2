import Glibc

/// Tells the service manager how we are: one datagram a message (sd_notify(3)).
///
/// A leading `@` names an abstract socket: its first byte is 0 and its length counts the name alone.
struct SystemdNotify: Sendable {
  private let name: [UInt8]
  /// How often the manager wants to hear `WATCHDOG=1`; `nil` for never.
  let watchdog: Duration?

  /// Takes the manager's socket from the environment; `nil` where nobody listens.
  init?(environment: [String: String]) {
    guard let path = environment["NOTIFY_SOCKET"], path.hasPrefix("/") || path.hasPrefix("@"),
      path.utf8.count > 1, path.utf8.count < Self.longestName
    else { return nil }
    var name = Array(path.utf8)
    if path.hasPrefix("@") { name[0] = 0 }
    self.name = name
    let mine = environment["WATCHDOG_PID"].map { $0 == String(getpid()) } ?? true
    watchdog = environment["WATCHDOG_USEC"].flatMap { Int64($0) }
      .flatMap { mine && $0 > 0 ? .microseconds($0) : nil }
  }

  private static let longestName = 108

  /// Sends lines such as `READY=1`; a manager that does not listen is no error.
  func send(_ lines: String...) {
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    // A path ends with a zero byte; an abstract name is as long as it is.
    let used = name.first == 0 ? name.count : name.count + 1
    let length = (MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2) + used
    let message = Array(lines.joined(separator: "\n").utf8)
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
        _ = sendto(
          descriptor, message, message.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT),
          raw, socklen_t(length))
      }
    }
  }
}
