import EditJobs
import Glibc

/// Whether there is room for the descriptors that starting a program takes.
enum DescriptorRoom {
  /// What `Subprocess` opens at once: three pipes, and what it waits with; it traps where it gets only
  /// some of them.
  private static let most = 16

  /// - Throws: `too-many-files` (71).
  static func check() throws(EditError) {
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
          "another program cannot be started: \(String(cString: strerror(code)))",
          details: ["this process may have \(limit.rlim_cur) files open"],
          hint: "ulimit -n 256")
      }
      taken.append(descriptor)
    }
  }
}
