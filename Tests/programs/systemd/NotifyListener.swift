import Foundation
import Synchronization

/// Plays the part of systemd that a notifying service sees: a datagram socket that collects lines.
final class NotifyListener: Sendable {
  /// What `NOTIFY_SOCKET` says.
  let address: String
  private let descriptor: Int32
  private let lines = Mutex<[String]>([])

  struct Refused: Error {}

  /// Listens on a path, or on an abstract name, which begins with `@`.
  init(_ address: String) throws {
    self.address = address
    descriptor = socket(
      AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    var name = Array(address.utf8)
    let isAbstract = address.hasPrefix("@")
    if isAbstract { name[0] = 0 }
    var target = sockaddr_un()
    target.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &target.sun_path) { $0.copyBytes(from: name) }
    let length = 2 + name.count + (isAbstract ? 0 : 1)
    let bound = withUnsafePointer(to: &target) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(length))
      }
    }
    guard bound == 0 else { throw Refused() }
  }

  deinit { close(descriptor) }

  /// What has arrived, oldest first.
  func received() -> [String] {
    var bytes = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(descriptor, &bytes, bytes.count, 0)
      guard count > 0 else { break }
      let text = String(decoding: bytes.prefix(count), as: UTF8.self)
      lines.withLock { all in all += text.split(separator: "\n").map(String.init) }
    }
    return lines.withLock { $0 }
  }

  /// Whether a line that begins so has arrived.
  func heard(_ prefix: String) -> Bool { received().contains { $0.hasPrefix(prefix) } }

  /// How many lines `WATCHDOG=1` have arrived.
  var feedings: Int { received().filter { $0 == "WATCHDOG=1" }.count }

  /// How many lines `WATCHDOG=1` arrive from now on, in so long.
  func feedings(within seconds: Double) async throws -> Int {
    let before = feedings
    // The kernel keeps ten datagrams: they are taken as they come.
    for _ in 0..<Int(seconds * 20) {
      _ = received()
      try await Task.sleep(for: .milliseconds(50))
    }
    return feedings - before
  }
}
