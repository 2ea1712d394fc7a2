import Foundation

/// What the kernel knows of a child.
enum ProcessTable {
  /// Whether a child of ours has ended, reaped or not.
  static func isDead(_ pid: pid_t) -> Bool {
    var info = siginfo_t()
    let result = waitid(P_PID, id_t(pid), &info, WEXITED | WNOHANG | WNOWAIT)
    return result != 0 || info.si_signo == SIGCHLD
  }
}

/// How often the kernel killed a process of our control group for memory.
enum MemoryEvents {
  /// The count of `oom_kill` of this process's control group; 0 where there is none.
  static func kills() -> Int {
    guard let own = try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8),
      let line = own.split(separator: "\n").first(where: { $0.hasPrefix("0::") }),
      let events = try? String(
        contentsOfFile: "/sys/fs/cgroup\(line.dropFirst(3))/memory.events", encoding: .utf8)
    else { return 0 }
    for entry in events.split(separator: "\n") where entry.hasPrefix("oom_kill ") {
      return Int(entry.split(separator: " ")[1]) ?? 0
    }
    return 0
  }
}

extension ProcessTable {
  /// This process.
  static var own: Int32 { getpid() }

  /// Names this boot of the machine.
  static let boot: String = {
    let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
    return (text ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
  }()
}
