import Foundation

/// How often the kernel killed a process of our control group for memory.
///
/// Version 2 counts in `memory.events`, version 1 in `memory.oom_control`. Both are only read.
struct MemoryEvents: Sendable {
  /// This machine's; `P2P_CGROUP_ROOT` names another folder that has `proc` and `sys`.
  static let own = MemoryEvents(
    root: ProcessInfo.processInfo.environment["P2P_CGROUP_ROOT"] ?? "")

  let root: String

  /// The count; `nil` where none can be read.
  func kills() -> Int? {
    let groups = text("/proc/self/cgroup") ?? ""
    for line in groups.split(separator: "\n") {
      // hierarchy:controllers:path
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let (folder, file) =
        parts[1].isEmpty ? ("", "memory.events") : ("/memory", "memory.oom_control")
      guard parts[1].isEmpty || parts[1].split(separator: ",").contains("memory") else { continue }
      // In a container the path may be that outside.
      for path in [String(parts[2]), ""] {
        let place = "/sys/fs/cgroup\(folder)\(path == "/" ? "" : path)/\(file)"
        if let count = text(place).flatMap(Self.count) { return count }
      }
    }
    return nil
  }

  private func text(_ path: String) -> String? {
    try? String(contentsOfFile: root + path, encoding: .utf8)
  }

  private static func count(_ text: String) -> Int? {
    let line = text.split(separator: "\n").first { $0.hasPrefix("oom_kill ") }
    return line.flatMap { Int($0.dropFirst("oom_kill ".count)) }
  }
}
