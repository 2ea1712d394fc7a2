public import Files
import Glibc

/// The calls on folders and links that the cache needs; all throw `EditError`.
public enum CacheFolder {
  /// Makes a folder and those above it.
  public static func make(_ path: String) throws(EditError) {
    if mkdir(path, 0o777) == 0 || errno == EEXIST { return }
    let code = errno
    guard code == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
      throw .hubCache("mkdir", path, code)
    }
    try make(String(path[..<slash]))
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw .hubCache("mkdir", path, errno) }
  }

  /// Waits until the names in a folder are on the disk.
  public static func sync(_ path: String) throws(EditError) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .hubCache("open", path, errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .hubCache("fsync", path, errno) }
  }

  /// Puts a small file in place, whole or not at all.
  ///
  /// - Parameter folder: holds what is not in place yet; of the same file system.
  public static func write(
    _ text: String, to path: String, by folder: String
  ) throws(EditError) {
    let temporary = "\(folder)/\(getpid()).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .hubCache("open", temporary, errno) }
    let bytes = Array(text.utf8)
    let written = Glibc.write(descriptor, bytes, bytes.count)
    let code = errno
    let isWhole = written == bytes.count && fsync(descriptor) == 0
    close(descriptor)
    guard isWhole, rename(temporary, path) == 0 else {
      unlink(temporary)
      throw .hubCache("write", path, written == bytes.count ? errno : code)
    }
  }

  /// Puts a symbolic link in place, whatever was there.
  ///
  /// - Parameter folder: holds what is not in place yet: a kill leaves nothing in a snapshot.
  public static func link(
    _ path: String, to target: String, by folder: String
  ) throws(EditError) {
    if self.target(of: path) == target { return }
    let temporary = "\(folder)/\(getpid()).tmp"
    unlink(temporary)
    guard symlink(target, temporary) == 0 else { throw .hubCache("symlink", path, errno) }
    guard rename(temporary, path) == 0 else {
      let code = errno
      unlink(temporary)
      throw .hubCache("rename", path, code)
    }
  }

  /// What a symbolic link says; `nil` where there is none.
  public static func target(of path: String) -> String? {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = readlink(path, &bytes, bytes.count)
    return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  /// Bytes of a regular file, links followed; `nil` where there is none.
  public static func size(of path: String) -> Int64? {
    var facts = stat()
    guard stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int64(facts.st_size)
  }
}
