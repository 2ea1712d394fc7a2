import EditJobs
import Glibc

/// Writes files so that they are whole or absent, after a kill and after a power cut.
public enum DurableFile {
  /// Writes a file under a temporary name, syncs it, renames it to `path` and syncs the folder.
  ///
  /// `temporary` is a folder of the same file system; `path` is replaced where it exists. Throws
  /// `FileError`; then the temporary file is gone and `path` is as it was, or (where only the folder
  /// could not be synced) as it should be.
  public static func write(
    _ chunks: [[UInt8]], to path: String, temporary: String, permissions: UInt32 = 0o644
  ) throws {
    try publish(to: path, temporary: temporary, permissions: permissions, sync: true) { file in
      var offset = 0
      for chunk in chunks {
        try file.write(chunk, at: offset)
        offset += chunk.count
      }
    }
  }

  /// Writes a file that can be made again: renamed into place whole, but not synced.
  public static func writeRebuildable(
    _ chunks: [[UInt8]], to path: String, temporary: String
  ) throws {
    try publish(to: path, temporary: temporary, permissions: 0o644, sync: false) { file in
      var offset = 0
      for chunk in chunks {
        try file.write(chunk, at: offset)
        offset += chunk.count
      }
    }
  }

  /// Fills a new file by `fill`, puts it at `path`, and returns it still open.
  @discardableResult
  static func publish(
    to path: String, temporary: String, permissions: UInt32, sync: Bool,
    _ fill: (borrowing OpenFile) throws -> Void
  ) throws -> OpenFile {
    let name = "\(temporary)/\(uniqueName())"
    let file = try OpenFile(name, .create, permissions: permissions)
    do {
      try fill(file)
      if sync { try file.sync() }
      try move(name, to: path)
    } catch {
      unlink(name)
      throw error
    }
    if sync { try syncFolder(parent(of: path)) }
    return file
  }

  /// A name that no other file has.
  static func uniqueName() -> String {
    "\(getpid())-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
  }

  /// Puts a whole file in its place.
  static func move(_ name: String, to path: String) throws(FileError) {
    CrashPoint.pass("rename.before")
    guard rename(name, path) == 0 else { throw FileError("rename", path, errno) }
    CrashPoint.pass("rename.after")
  }

  /// Makes a folder where it is missing, and the name of it durable.
  public static func makeFolder(_ path: String) throws(FileError) {
    CrashPoint.pass("mkdir.before")
    let isMade = mkdir(path, 0o775) == 0
    let code = errno
    CrashPoint.pass("mkdir.after")
    if isMade { return try syncFolder(parent(of: path)) }
    if code == EEXIST { return }
    guard code == ENOENT, parent(of: path) != path else { throw FileError("mkdir", path, code) }
    try makeFolder(parent(of: path))
    guard mkdir(path, 0o775) == 0 || errno == EEXIST else { throw FileError("mkdir", path, errno) }
    try syncFolder(parent(of: path))
  }

  /// Waits until the names in a folder are on the disk.
  public static func syncFolder(_ path: String) throws(FileError) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("open", path, errno) }
    defer { close(descriptor) }
    CrashPoint.pass("folder-sync.before")
    guard fsync(descriptor) == 0 else { throw FileError("fsync", path, errno) }
    CrashPoint.pass("folder-sync.after")
  }

  /// The folder that holds `path`.
  static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
