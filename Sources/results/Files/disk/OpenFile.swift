import CGlibc
import Glibc

/// An open file that closes itself; every failing call throws `FileError`.
public struct OpenFile: ~Copyable, Sendable {
  /// How a file is opened.
  public enum Mode: Sendable {
    /// It exists and is read.
    case read
    /// It exists, or is made empty, and is read and written.
    case update
    /// It does not exist yet.
    case create
  }

  /// The file, as errors name it.
  public let path: String
  /// Its descriptor, closed with it.
  public let descriptor: Int32

  /// Opens a file; the last part of the path may not be a symbolic link where it is written.
  ///
  /// A file that is made has as much of `permissions` as its folder's mode lets through.
  public init(_ path: String, _ mode: Mode, permissions: UInt32 = 0o666) throws(FileError) {
    if mode == .create { CrashPoint.pass("create.before") }
    switch mode {
    case .read: descriptor = open(path, O_RDONLY | O_CLOEXEC)
    case .create: descriptor = Self.make(path, permissions)
    case .update:
      let flags = O_RDWR | O_NOFOLLOW | O_CLOEXEC
      var found = open(path, flags)
      if found < 0, errno == ENOENT { found = Self.make(path, permissions) }
      // Somebody was faster.
      if found < 0, errno == EEXIST { found = open(path, flags) }
      descriptor = found
    }
    guard descriptor >= 0 else { throw FileError("open", path, errno) }
    if mode == .create { CrashPoint.pass("create.after") }
    self.path = path
  }

  private static func make(_ path: String, _ permissions: UInt32) -> Int32 {
    let flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let folder = FolderMode.parent(of: path)
    let descriptor = open(path, flags, FolderMode.file(in: folder, permissions))
    if descriptor >= 0 { FolderMode.give(descriptor, at: path, permissions) }
    return descriptor
  }

  deinit { Glibc.close(descriptor) }

  /// Bytes of the file.
  public func size() throws(FileError) -> Int {
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else { throw FileError("fstat", path, errno) }
    return Int(facts.st_size)
  }

  /// Writes all bytes at an offset; short writes are continued.
  public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) {
    var done = 0
    CrashPoint.pass("write.before")
    while done < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
      let count = pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
      let code = errno
      if count > 0 {
        done += count
      } else if count == 0 || code != EINTR {
        throw FileError("pwrite", path, count == 0 ? ENOSPC : code)
      }
    }
    CrashPoint.pass("write.after")
  }

  /// Writes all bytes at an offset.
  public func write(_ bytes: [UInt8], at offset: Int) throws(FileError) {
    do {
      try bytes.withUnsafeBytes { try write($0, at: offset) }
    } catch let error as FileError {
      throw error
    } catch {
      throw FileError("pwrite", path, EIO)
    }
  }

  /// Writes all bytes of all chunks from the beginning.
  public func write(_ chunks: [[UInt8]]) throws(FileError) {
    var offset = 0
    for chunk in chunks {
      try write(chunk, at: offset)
      offset += chunk.count
    }
  }

  /// Fills `buffer` from an offset and returns how many bytes there were.
  public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError)
    -> Int
  {
    var done = 0
    while done < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
      let code = errno
      if count > 0 {
        done += count
      } else if count == 0 {
        break
      } else if code != EINTR {
        throw FileError("pread", path, code)
      }
    }
    return done
  }

  /// At most `count` bytes from an offset; fewer where the file ends.
  public func read(_ count: Int, at offset: Int) throws(FileError) -> [UInt8] {
    do {
      return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        filled = try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
      }
    } catch let error as FileError {
      throw error
    } catch {
      throw FileError("pread", path, EIO)
    }
  }

  /// Cuts the file.
  public func truncate(to size: Int) throws(FileError) {
    CrashPoint.pass("truncate.before")
    guard ftruncate(descriptor, off_t(size)) == 0 else { throw FileError("ftruncate", path, errno) }
    CrashPoint.pass("truncate.after")
  }

  /// Starts to write everything to the disk without waiting for it.
  public func startSync() {
    let write: UInt32 = 2  // SYNC_FILE_RANGE_WRITE; a hint, so a failure is left to `syncData`
    _ = sync_file_range(descriptor, 0, 0, write)
  }

  /// Waits until data and size are on the disk. After a failure the file must be given up: the
  /// kernel marks the lost pages clean, and a second call would lie.
  public func syncData() throws(FileError) {
    CrashPoint.pass("datasync.before")
    guard fdatasync(descriptor) == 0 else { throw FileError("fdatasync", path, errno) }
    CrashPoint.pass("datasync.after")
  }

  /// Waits until everything is on the disk; after a failure the file must be given up.
  public func sync() throws(FileError) {
    CrashPoint.pass("sync.before")
    guard fsync(descriptor) == 0 else { throw FileError("fsync", path, errno) }
    CrashPoint.pass("sync.after")
  }

  /// The whole file at `path`.
  public static func contents(of path: String) throws(FileError) -> [UInt8] {
    let file = try OpenFile(path, .read)
    return try file.read(try file.size(), at: 0)
  }
}
