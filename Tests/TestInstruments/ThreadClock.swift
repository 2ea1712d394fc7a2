import Glibc

/// The time that the calling thread computed: what else the machine does is not in it.
///
/// Tests compare it with the time of something else that they measure in the same way.
public enum ThreadClock {
  /// The seconds that a body took of this thread.
  public static func measure(_ body: () throws -> Void) rethrows -> Double {
    let begin = now()
    try body()
    return now() - begin
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
