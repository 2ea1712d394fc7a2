import CKernels
import Glibc
import Synchronization

/// Jobs that a thread does between loops: one at a time, in the order in which they came.
final class SideJobs: Sendable {
  private let queue = Mutex<[@Sendable () -> Void]>([])
  private let waiting = Atomic<Int>(0)
  private let isBusy = Atomic<Bool>(false)

  /// Whether a job waits and nobody does one.
  var isDue: Bool {
    waiting.load(ordering: .sequentiallyConsistent) > 0 && !isBusy.load(ordering: .acquiring)
  }

  /// Adds a job.
  func add(_ job: @escaping @Sendable () -> Void) {
    queue.withLock { $0.append(job) }
    waiting.add(1, ordering: .sequentiallyConsistent)
  }

  /// Does the job that has waited longest, unless another thread does one; whether it did.
  func doNext() -> Bool {
    guard waiting.load(ordering: .relaxed) > 0,
      isBusy.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing)
        .exchanged
    else { return false }
    let isDone = takeNext()
    // Not before the job and all that it held is gone.
    isBusy.store(false, ordering: .releasing)
    return isDone
  }

  @inline(never) private func takeNext() -> Bool {
    guard let job = queue.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { return false }
    waiting.subtract(1, ordering: .acquiringAndReleasing)
    job()
    return true
  }

  /// Does what waits and waits for what is being done.
  func finish() {
    var turns = 0
    // In this order: a job that no longer waits is being done until it is done.
    while waiting.load(ordering: .acquiring) > 0 || isBusy.load(ordering: .acquiring) {
      if doNext() { continue }
      turns += 1
      if turns < 4_000 { ck_pause() } else { sched_yield() }
    }
  }
}
