import Glibc

/// Whether there is room for the descriptors that something takes.
public enum DescriptorRoom {
  /// What `Subprocess` opens at once: three pipes, and what it waits with; it traps where it gets only
  /// some of them.
  public static let start = 16
  /// What a daemon has open while it works: without one for signals it would hear no request to end.
  public static let daemon = 48

  /// Tries to open as many files.
  ///
  /// - Parameter what: what cannot be done without, for the message.
  /// - Throws: `too-many-files` (71).
  public static func check(
    _ most: Int = start, _ what: String = "another program cannot be started"
  ) throws(EditError) {
    var taken: [Int32] = []
    defer { taken.forEach { close($0) } }
    for _ in 0..<most {
      let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else {
        let code = errno
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        throw EditError(
          "too-many-files", .system,
          "\(what): \(String(cString: strerror(code)))",
          details: ["this process may have \(limit.rlim_cur) files open"],
          hint: "ulimit -n 256")
      }
      taken.append(descriptor)
    }
  }
}
