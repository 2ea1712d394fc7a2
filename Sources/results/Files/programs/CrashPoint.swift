import Glibc
import Synchronization

/// Named places where this process may be made to end as a kill would end it, for tests:
/// `P2P_CRASH=<point>:<n>[:<file>]`.
///
/// The n-th time that the point is passed is a SIGKILL: nothing is flushed, closed or told. With a
/// file that happens once in all processes together: who makes the file dies, who finds it goes on.
/// The environment is read once; unarmed, a pass costs a comparison with `nil`.
public enum CrashPoint {
  private struct Armed {
    var point: String
    var count: Int
    var file: String?
  }

  private static let armed: Armed? = {
    guard let text = getenv("P2P_CRASH").map({ String(cString: $0) }) else { return nil }
    let parts = text.split(separator: ":", maxSplits: 2).map(String.init)
    guard parts.count >= 2, let count = Int(parts[1]), count > 0 else { return nil }
    return Armed(point: parts[0], count: count, file: parts.count > 2 ? parts[2] : nil)
  }()
  private static let passes = Atomic<Int>(0)

  /// Passes a point.
  public static func pass(_ point: @autoclosure () -> String) {
    guard let armed, armed.point == point(),
      passes.wrappingAdd(1, ordering: .relaxed).newValue == armed.count
    else { return }
    if let file = armed.file {
      let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else { return }
      close(descriptor)
    }
    kill(getpid(), SIGKILL)
    while true { pause() }
  }
}
