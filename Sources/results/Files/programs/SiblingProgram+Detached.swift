import Foundation
@preconcurrency import Glibc

extension SiblingProgram {
  /// Starts the program in a session of its own, so that it outlives this one and its terminal: it has
  /// nothing to read, and both its outputs go to the end of a file.
  ///
  /// - Parameter log: the file, which is made where it is missing.
  /// - Returns: its process, which is ours to wait for as long as we live.
  /// - Throws: `program-missing` (69).
  public func startDetached(_ arguments: [String], log: String) throws(EditError) -> Int32 {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(
      &attributes, Int16(Self.newSession | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o660)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)

    Self.keepDescriptors()
    var environment = ProcessInfo.processInfo.environment
    for name in ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"] { environment[name] = nil }
    var pid: pid_t = 0
    let code = Self.withStrings([path] + arguments) { words in
      Self.withStrings(environment.map { "\($0.key)=\($0.value)" }) { settings in
        posix_spawnp(&pid, path, &actions, &attributes, words, settings)
      }
    }
    guard code == 0 else {
      throw EditError(
        "program-missing", .unavailable,
        "\(path) cannot be started with the log \(log): \(String(cString: strerror(code)))",
        hint: "install it beside p2p, or put it in PATH")
    }
    return pid
  }

  /// Locks and pipes of whoever started us must not live as long as the other program does.
  private static func keepDescriptors() {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? [] {
      if let descriptor = Int32(name), descriptor > STDERR_FILENO {
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      }
    }
  }

  /// `POSIX_SPAWN_SETSID`.
  private static let newSession: Int32 = 0x80

  private static func withStrings<Result>(
    _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let pointers = texts.map { strdup($0) }
    defer { pointers.forEach { free($0) } }
    return body(pointers + [nil])
  }
}
