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

extension ProcessTable {
  /// This process.
  static var own: Int32 { getpid() }

  /// Names this boot of the machine.
  static let boot: String = {
    let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
    return (text ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
  }()
}
