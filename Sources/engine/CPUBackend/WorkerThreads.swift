import CKernels
import Glibc
import Synchronization

/// Runs loops on several threads, of which the calling one is the first.
///
/// Workers spin for some microseconds after a loop, because a model's next operation follows at once,
/// and sleep after that. A loop ends when its last task has ended; it does not wait for workers that
/// never woke up, nor for one that does a side job.
final class WorkerThreads: Sendable {
  /// Threads that take part, the calling one included.
  let count: Int
  private let gate: LoopGate
  private let threads: [pthread_t]
  private let oneLoop = Mutex(())
  /// About 10 µs: several times what it costs to share a loop.
  private static let leastWork = 1_000_000

  /// Starts `count − 1` threads.
  init(count: Int) {
    precondition(count > 0, "at least one thread")
    let gate = LoopGate()
    var threads: [pthread_t] = []
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, 4 << 20)
    for index in 1..<max(count, 1) {
      let start = Unmanaged.passRetained(Start(gate: gate, index: index))
      var thread = pthread_t()
      let status = pthread_create(
        &thread, &attributes,
        { argument in
          if let argument {
            let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
            start.gate.work(thread: start.index)
          }
          return nil
        }, start.toOpaque())
      guard status == 0 else {
        start.release()
        break
      }
      threads.append(thread)
    }
    pthread_attr_destroy(&attributes)
    (self.gate, self.threads, self.count) = (gate, threads, threads.count + 1)
  }

  /// Calls `body(task, thread)` for every task below `tasks`; threads are numbered below `count`.
  ///
  /// `work` is what all tasks have together, in operations of a matrix product (about 0.01 ns each);
  /// a loop too small to share runs on the calling thread alone. Tasks must not start loops of their own.
  func run(_ tasks: Int, work: Int, _ body: (_ task: Int, _ thread: Int) -> Void) {
    guard tasks > 1, count > 1, work > Self.leastWork else {
      for task in 0..<tasks { body(task, 0) }
      return
    }
    oneLoop.withLock { _ in
      withoutActuallyEscaping(body) { gate.loop(tasks, $0) }
    }
  }

  /// Has a worker do a job before it enters its next loop, while the calling thread goes on; with one
  /// thread the job is done at once.
  ///
  /// Jobs are done one at a time, in the order in which they came; they start no loops and leave no
  /// tensor's numbers changed. To be called outside of loops.
  func aside(_ job: @escaping @Sendable () -> Void) {
    guard count > 1 else { return job() }
    gate.aside(job)
  }

  /// Returns when every side job is done; the calling thread does those that nobody has begun.
  func finishAside() { gate.jobs.finish() }

  deinit {
    gate.jobs.finish()
    gate.stop()
    for thread in threads { pthread_join(thread, nil) }
  }

  private final class Start {
    let gate: LoopGate
    let index: Int
    init(gate: LoopGate, index: Int) { (self.gate, self.index) = (gate, index) }
  }
}

/// What the threads of one loop share.
private final class LoopGate: @unchecked Sendable {
  // Unchecked: `tasks` and `body` are written while the gate is shut and nobody is inside.
  private var tasks = 0
  private var body: (Int, Int) -> Void = { _, _ in }
  let jobs = SideJobs()
  /// `epoch << 32 | open << 31 | workers inside`.
  private let state = Atomic<UInt64>(0)
  private let next = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let stopping = Atomic<Bool>(false)
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private static let open: UInt64 = 1 << 31

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wake, nil)
  }

  deinit {
    pthread_cond_destroy(wake)
    pthread_mutex_destroy(mutex)
    wake.deallocate()
    mutex.deallocate()
  }

  func loop(_ tasks: Int, _ body: @escaping (Int, Int) -> Void) {
    (self.tasks, self.body) = (tasks, body)
    next.store(0, ordering: .relaxed)
    let epoch = (state.load(ordering: .relaxed) >> 32) &+ 1
    state.store(epoch << 32 | Self.open, ordering: .sequentiallyConsistent)
    wakeSleepers()
    takeTasks(thread: 0)
    state.bitwiseAnd(~Self.open, ordering: .acquiringAndReleasing)
    var turns = 0
    while state.load(ordering: .acquiring) & (Self.open - 1) != 0 {
      turns += 1
      if turns < 4_000 { ck_pause() } else { sched_yield() }
    }
    self.body = { _, _ in }
  }

  func aside(_ job: @escaping @Sendable () -> Void) {
    jobs.add(job)
    wakeSleepers()
  }

  func work(thread: Int) {
    var done: UInt64 = 0
    while let epoch = enterNext(after: done) {
      done = epoch
      takeTasks(thread: thread)
      state.subtract(1, ordering: .acquiringAndReleasing)
    }
  }

  func stop() {
    stopping.store(true, ordering: .sequentiallyConsistent)
    wakeSleepers()
  }

  private func takeTasks(thread: Int) {
    while true {
      let task = next.add(1, ordering: .relaxed).oldValue
      guard task < tasks else { return }
      body(task, thread)
    }
  }

  /// Waits for an open loop other than `done` and enters it, and does side jobs until then; `nil` when
  /// the threads are to end.
  private func enterNext(after done: UInt64) -> UInt64? {
    var turns = 0
    while !stopping.load(ordering: .sequentiallyConsistent) {
      if jobs.doNext() {
        turns = 0
        continue
      }
      let seen = state.load(ordering: .acquiring)
      if seen & Self.open != 0, seen >> 32 != done {
        let entered = state.compareExchange(
          expected: seen, desired: seen + 1, ordering: .acquiringAndReleasing)
        if entered.exchanged { return seen >> 32 }
        continue
      }
      turns += 1
      if turns < 2_000 {
        ck_pause()
      } else {
        sleep(after: done)
        turns = 0
      }
    }
    return nil
  }

  private func sleep(after done: UInt64) {
    pthread_mutex_lock(mutex)
    sleepers.add(1, ordering: .sequentiallyConsistent)
    while !stopping.load(ordering: .sequentiallyConsistent) {
      let seen = state.load(ordering: .sequentiallyConsistent)
      if jobs.isDue || seen & Self.open != 0 && seen >> 32 != done { break }
      pthread_cond_wait(wake, mutex)
    }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(mutex)
  }

  private func wakeSleepers() {
    guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(wake)
    pthread_mutex_unlock(mutex)
  }
}
