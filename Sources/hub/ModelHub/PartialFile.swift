import Files
import Glibc
import HubCache

/// A blob that is being fetched: its bytes so far, and their hash.
///
/// A kill leaves the file, and the next run goes on behind its last byte.
final class PartialFile {
  let path: String
  let size: Int64
  /// Bytes that are there.
  private(set) var count: Int64 = 0
  /// Bytes that were added since it was opened, thrown away or not.
  private(set) var received: Int64 = 0
  private var hash: BlobHash
  private let descriptor: Int32

  /// Opens what is there, or makes it; `nil` where another process writes it.
  ///
  /// - Throws: `EditError`.
  init?(_ path: String, blob: String, size: Int64) throws {
    let descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw EditError.hubCache("open", path, errno) }
    (self.path, self.size, self.descriptor) = (path, size, descriptor)
    hash = BlobHash(name: blob, size: size)
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK { return nil }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else { throw EditError.hubCache("fstat", path, errno) }
    guard facts.st_size <= size else {
      try restart()
      return
    }
    var (read, sum) = (Int64(0), hash)
    try FileBytes.each(descriptor, path: path) { bytes in
      sum.update(bytes)
      read += Int64(bytes.count)
    }
    (count, hash) = (read, sum)
  }

  deinit { close(descriptor) }

  /// Whether all bytes are there.
  var isFull: Bool { count == size }
  /// Whether the bytes are those that the blob's name promises.
  var isRight: Bool { isFull && hash.isRight }

  /// Throws the bytes away.
  func restart() throws {
    guard ftruncate(descriptor, 0) == 0 else { throw EditError.hubCache("ftruncate", path, errno) }
    (count, hash) = (0, BlobHash(name: hash.name, size: size))
  }

  /// Adds bytes behind the last.
  func append(_ bytes: UnsafeRawBufferPointer) throws {
    var done = 0
    while done < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
      let written = pwrite(descriptor, rest.baseAddress, rest.count, off_t(count))
      let code = errno
      if written < 0, code == EINTR { continue }
      guard written > 0 else {
        throw EditError.hubCache("pwrite", path, written == 0 ? ENOSPC : code)
      }
      hash.update(UnsafeRawBufferPointer(rebasing: rest[..<written]))
      count += Int64(written)
      received += Int64(written)
      done += written
    }
  }

  /// Makes the bytes durable and gives them their name.
  func publish(as blob: String) throws {
    guard fsync(descriptor) == 0 else { throw EditError.hubCache("fsync", path, errno) }
    guard rename(path, blob) == 0 else { throw EditError.hubCache("rename", blob, errno) }
  }

  /// Removes the file.
  func discard() { unlink(path) }
}
