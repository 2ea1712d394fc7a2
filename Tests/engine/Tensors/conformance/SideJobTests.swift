import Glibc
import Synchronization
import Tensors
import Testing

/// Jobs beside the model's operations: each once, in order, and no bit of a result changes.
@Suite(.everyDevice) struct SideJobTests {
  @Test(arguments: [1, 2, 4]) func eachOnceInOrderBeforeFinishReturns(_ threads: Int) {
    let backend = TestedDevice.current.device(threads: threads)
    let log = Mutex<[Int]>([])
    let inside = Mutex(0)
    for turn in 0..<200 {
      let count = turn % 17
      for job in 0..<count {
        backend.aside {
          inside.withLock { $0 += 1 }
          if turn % 20 == 0 { usleep(200) }
          log.withLock { $0.append(job) }
          inside.withLock {
            #expect($0 == 1, "one at a time")
            $0 -= 1
          }
        }
        if turn % 3 == 0 { usleep(50) }
        if threads == 1 { #expect(log.withLock { $0.last } == job, "done at once") }
      }
      backend.finishAside()
      #expect(log.withLock { $0 } == Array(0..<count), "turn \(turn)")
      log.withLock { $0 = [] }
    }
  }

  @Test(arguments: [1, 2, 4]) func loopsGoOnMeanwhile(_ threads: Int) {
    let backend = TestedDevice.current.device(threads: threads)
    let (x, w) = (backend.made([4, 64, 48]), backend.made([48, 48], .linear))
    let expected = backend.download(backend.linear(x, w, bias: nil))
    let done = Atomic<Int>(0)
    for turn in 0..<1_000 {
      backend.aside {
        if turn % 50 == 0 { usleep(1_000) }
        done.add(1, ordering: .relaxed)
      }
      let found = backend.download(backend.linear(x, w, bias: nil))
      if found != expected {
        expectSameBits(found, expected, "turn \(turn)")
        return
      }
    }
    backend.finishAside()
    #expect(done.load(ordering: .relaxed) == 1_000)
  }

  /// A worker that sleeps is woken for a job: nobody has to wait for it to be done.
  @Test(arguments: [2, 4]) func aSleepingThreadIsWoken(_ threads: Int) {
    let backend = TestedDevice.current.device(threads: threads)
    let done = Mutex(0)
    for turn in 1...20 {
      usleep(3_000)
      backend.aside { done.withLock { $0 = turn } }
      for _ in 0..<5_000 where done.withLock({ $0 }) != turn { usleep(1_000) }
      #expect(done.withLock { $0 } == turn)
    }
  }

  /// What a job holds is let go of: the tensor's memory is there for the next one.
  @Test(arguments: [1, 2, 4]) func memoryGoesBack(_ threads: Int) {
    let backend = TestedDevice.current.device(threads: threads)
    func step() {
      for _ in 0..<5 {
        let x = backend.made([100_000])
        backend.aside { backend.withBytes(of: x) { _ = $0.count } }
      }
      backend.finishAside()
    }
    for _ in 0..<3 { step() }
    let held = backend.heldBytes
    for _ in 0..<20 { step() }
    #expect(backend.heldBytes <= held)
    backend.trim()
    #expect(backend.heldBytes == 0)
  }

  /// What nobody waited for is done before the threads end.
  @Test func jobsOutliveTheirBackend() {
    let done = Mutex(0)
    for threads in 1...4 {
      let backend = TestedDevice.current.device(threads: threads)
      for _ in 0..<10 { backend.aside { done.withLock { $0 += 1 } } }
    }
    #expect(done.withLock { $0 } == 40)
  }
}
