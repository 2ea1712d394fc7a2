import EditJobs
import Files
import Foundation
import Glibc

/// What a worker does to its own process before it computes.
enum ProcessStart {
  /// Asks the kernel to take this process first when memory runs out: the daemon must live.
  static func volunteerForOutOfMemory() {
    let descriptor = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    _ = write(descriptor, "500", 3)
    close(descriptor)
  }

  /// Lets every signal through, whatever mask was inherited, but for a limit on file sizes, which
  /// shall be an error of the write.
  static func openToSignals() {
    var all = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_UNBLOCK, &all, nil)
    signal(SIGXFSZ, SIG_IGN)
    // What no code can catch: a mapped file that somebody shortens.
    signal(SIGBUS) { _ in
      let text: StaticString = "p2p-worker: a file of the model became shorter while it was read\n"
      _ = write(2, text.utf8Start, text.utf8CodeUnitCount)
      _exit(135)
    }
  }

  /// Threads to compute on where nobody says: the CPUs that this process may use.
  static var defaultThreads: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// Runs a command's body; what it throws goes to standard error and becomes the exit status.
  static func run(_ body: () throws -> Void) {
    do {
      try body()
    } catch {
      let failure = UnitFailure(error).error
      Log.write(failure.description)
      exit(failure.status.rawValue)
    }
  }
}
