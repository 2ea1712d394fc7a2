import Glibc
import Synchronization
import Tensors

/// Hands out memory and takes it back for the next tensor, so that a steady step allocates nothing.
///
/// Requests are rounded up to a size class, four to each power of two, and a freed buffer waits in its
/// class. Buffers are aligned to cache lines, large ones to huge pages.
final class BufferPool: Sendable {
  private struct Free {
    var buffers: [Int: [UnsafeMutableRawPointer]] = [:]
    var bytes = 0

    /// Takes a waiting buffer of this class, or of one of the next two; where much is asked for, of
    /// whichever is the smallest that is large enough, up to 64 times.
    mutating func take(_ size: Int) -> (address: UInt, size: Int)? {
      var size = size
      for _ in 0..<(size < BufferPool.large ? 3 : 24) {
        if let pointer = buffers[size]?.popLast() {
          bytes -= size
          return (UInt(bitPattern: pointer), size)
        }
        size = BufferPool.sizeClass(size + 1)
      }
      return nil
    }
  }

  /// From here on a buffer is too large to be made anew while others wait.
  private static let large = 16 << 20
  private let free = Mutex(Free())
  private let held = Atomic<Int>(0)
  private let exact = Atomic<Int>(0)

  /// The pooled buffer with room for `byteCount` bytes.
  func buffer(_ byteCount: Int) -> PooledMemory {
    let size = Self.sizeClass(byteCount)
    let reused = free.withLock { $0.take(size) }
    if let reused, let pointer = UnsafeMutableRawPointer(bitPattern: reused.address) {
      return PooledMemory(pointer, reused.size, self, .waits)
    }
    held.add(size, ordering: .relaxed)
    return PooledMemory(Self.allocate(size), size, self, .waits)
  }

  /// Memory of just this size, for weights: it is freed, not pooled.
  func exact(_ byteCount: Int) -> PooledMemory {
    exact.add(byteCount, ordering: .relaxed)
    return PooledMemory(Self.allocate(byteCount), byteCount, self, .isFreed)
  }

  /// Frees every buffer that waits.
  func trim() {
    let waiting = free.withLock { free in
      held.subtract(free.bytes, ordering: .relaxed)
      let buffers = free.buffers.flatMap { size, buffers in
        buffers.map { (address: UInt(bitPattern: $0), size: size) }
      }
      free = Free()
      return buffers
    }
    for buffer in waiting {
      guard let pointer = UnsafeMutableRawPointer(bitPattern: buffer.address) else { continue }
      Self.release(pointer, buffer.size)
    }
  }

  /// Bytes of all weights that are there.
  var exactBytes: Int { exact.load(ordering: .relaxed) }

  /// Bytes of all pooled buffers, in use or waiting.
  var heldBytes: Int { held.load(ordering: .relaxed) }

  /// Takes memory back that nobody refers to any more.
  fileprivate func end(_ pointer: UnsafeMutableRawPointer, _ size: Int, _ end: PooledMemory.End) {
    guard end == .waits else {
      exact.subtract(size, ordering: .relaxed)
      return Self.release(pointer, size)
    }
    let address = UInt(bitPattern: pointer)
    free.withLock { free in
      guard let pointer = UnsafeMutableRawPointer(bitPattern: address) else { return }
      free.buffers[size, default: []].append(pointer)
      free.bytes += size
    }
  }

  deinit { trim() }

  /// The least number of the form (4…7)·2^k that is at least `byteCount`, and at least 256.
  static func sizeClass(_ byteCount: Int) -> Int {
    guard byteCount > 256 else { return 256 }
    let quarter = 1 << (Int.bitWidth - 1 - (byteCount - 1).leadingZeroBitCount - 2)
    return (byteCount + quarter - 1) / quarter * quarter
  }

  private static func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
    if byteCount >= hugePage { return map(byteCount) }
    var memory: UnsafeMutableRawPointer?
    guard posix_memalign(&memory, 64, byteCount) == 0, let memory else { giveUp(byteCount) }
    return memory
  }

  /// Much memory comes straight from the kernel and goes back to it, with nothing kept between.
  private static func map(_ byteCount: Int) -> UnsafeMutableRawPointer {
    let (page, wanted) = (4096, byteCount + hugePage)
    let length = (byteCount + page - 1) / page * page
    guard
      let memory = mmap(
        nil, wanted, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      memory != MAP_FAILED
    else { giveUp(byteCount) }
    let before = -Int(bitPattern: memory) & (hugePage - 1)
    let start = memory + before
    if before > 0 { munmap(memory, before) }
    if wanted > before + length { munmap(start + length, wanted - before - length) }
    // Fewer page-table entries; a kernel without huge pages says no, and nothing is lost. The rest is
    // left to small pages: a large one would be taken whole.
    madvise(start, byteCount / hugePage * hugePage, MADV_HUGEPAGE)
    return start
  }

  private static func release(_ memory: UnsafeMutableRawPointer, _ byteCount: Int) {
    if byteCount >= hugePage { munmap(memory, byteCount) } else { Glibc.free(memory) }
  }

  private static let hugePage = 1 << 21

  /// Ends the process with words that its daemon knows: a smaller batch may fit. They are the last
  /// ones: no trap, whose backtrace would follow.
  private static func giveUp(_ byteCount: Int) -> Never {
    let words = Array("out of memory: \(byteCount) bytes of tensors\n".utf8)
    _ = write(STDERR_FILENO, words, words.count)
    _exit(EX_OSERR)
  }
}

/// A tensor's or a weight's memory; goes back to its pool with the last reference.
final class PooledMemory: Storage, @unchecked Sendable {
  // Unchecked: a tensor is written once, by the operation that makes it, before anyone else sees it.
  let pointer: UnsafeMutableRawPointer
  let byteCount: Int
  private let pool: BufferPool
  private let end: End

  /// What becomes of it when nobody refers to it any more.
  fileprivate enum End {
    /// It waits for the next tensor.
    case waits
    /// It is freed.
    case isFreed
  }

  fileprivate init(
    _ pointer: UnsafeMutableRawPointer, _ byteCount: Int, _ pool: BufferPool, _ end: End
  ) {
    (self.pointer, self.byteCount, self.pool, self.end) = (pointer, byteCount, pool, end)
  }

  deinit { pool.end(pointer, byteCount, end) }
}
