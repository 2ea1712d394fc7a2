import Files
import Glibc

/// Pictures as files: read whole, or put into a sweep's folder without doubling their blocks.
enum PictureFile {
  /// FICLONE of linux/fs.h: `_IOW(0x94, 9, int)`.
  private static let cloneRequest: UInt = 0x4004_9409

  /// All bytes of a file; throws `FileError`.
  static func bytes(_ path: String) throws -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else { throw FileError("open", path, errno) }
    defer { close(file) }
    var facts = stat()
    guard fstat(file, &facts) == 0 else { throw FileError("fstat", path, errno) }
    var bytes = [UInt8](repeating: 0, count: Int(facts.st_size))
    var filled = 0
    while filled < bytes.count {
      let count = bytes.withUnsafeMutableBytes {
        read(file, $0.baseAddress?.advanced(by: filled), $0.count - filled)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw FileError("read", path, count < 0 ? errno : EIO) }
      filled += count
    }
    return bytes
  }

  /// Puts a picture at `path`: a reflink where the file system can, else a copy; read-only, because a
  /// tool that edits in place would damage what a hard link shares.
  ///
  /// A picture that is there already and as old as its original or younger is left alone. `false`
  /// where the original is gone or empty; throws `FileError`.
  static func place(_ original: String, at path: String) throws -> Bool {
    var source = stat()
    guard lstat(original, &source) == 0 else {
      let error = FileError("lstat", original, errno)
      if error.isMissing { return false }
      throw error
    }
    if source.st_size == 0 { return false }
    if isCurrent(path, source) { return true }
    let name = DurableFile.unfinishedName(beside: path)
    if clone(original, to: name) {
      guard rename(name, path) == 0 else {
        let code = errno
        unlink(name)
        throw FileError("rename", path, code)
      }
    } else {
      try DurableFile.write([try bytes(original)], to: path, permissions: permissions)
    }
    return true
  }

  private static let permissions: mode_t = 0o444

  private static func isCurrent(_ path: String, _ source: stat) -> Bool {
    var copy = stat()
    guard lstat(path, &copy) == 0 else { return false }
    return copy.st_size == source.st_size
      && (copy.st_mtim.tv_sec, copy.st_mtim.tv_nsec)
        >= (source.st_mtim.tv_sec, source.st_mtim.tv_nsec)
  }

  private static func clone(_ original: String, to path: String) -> Bool {
    let source = open(original, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard source >= 0 else { return false }
    defer { close(source) }
    let target = open(
      path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
      FolderMode.file(in: FolderMode.parent(of: path), permissions))
    guard target >= 0 else { return false }
    defer { close(target) }
    FolderMode.give(target, at: path, permissions)
    if ioctl(target, cloneRequest, source) == 0, fsync(target) == 0 { return true }
    unlink(path)
    return false
  }
}
