import Glibc

/// Writes files so that they are whole or absent, after a kill and after a power cut.
public enum DurableFile {
  /// Writes a file under a temporary name beside `path`, syncs it, renames it to `path` and syncs the
  /// folder.
  ///
  /// `path` is replaced where it exists; its mode is as much of `permissions` as its folder's lets
  /// through. Throws `FileError`; then the temporary file is gone and `path` is as it was, or (where
  /// only the folder could not be synced) as it should be.
  public static func write(
    _ chunks: [[UInt8]], to path: String, permissions: UInt32 = 0o666
  ) throws {
    try publish(to: path, permissions: permissions, sync: true) { file in
      try file.write(chunks)
    }
  }

  /// Writes a file that can be made again: renamed into place whole, but not synced.
  public static func writeRebuildable(_ chunks: [[UInt8]], to path: String) throws {
    try publish(to: path, permissions: 0o666, sync: false) { try $0.write(chunks) }
  }

  /// Fills a new file by `fill`, puts it at `path`, and returns it still open.
  @discardableResult
  public static func publish(
    to path: String, permissions: UInt32, sync: Bool, _ fill: (borrowing OpenFile) throws -> Void
  ) throws -> OpenFile {
    let name = unfinishedName(beside: path)
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

  private static let unfinished = (prefix: ".p2p-", suffix: ".tmp")

  /// Where a file is written before it is put at `path`: in the same folder, because a folder above may
  /// be on another file system, under a name that no other file has.
  public static func unfinishedName(beside path: String) -> String {
    let name = "\(getpid())-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
    return "\(parent(of: path))/\(unfinished.prefix)\(name)\(unfinished.suffix)"
  }

  /// Removes what killed programs left half-written in a folder, where it is at least `age` seconds old.
  /// For who alone writes there now, but for what is younger.
  public static func removeUnfinished(in folder: String, age: Int = 0) {
    guard let stream = opendir(folder) else { return }
    defer { closedir(stream) }
    let limit = time(nil) - age
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard name.hasPrefix(unfinished.prefix), name.hasSuffix(unfinished.suffix) else { continue }
      var facts = stat()
      let path = "\(folder)/\(name)"
      if age > 0, lstat(path, &facts) != 0 || facts.st_mtim.tv_sec > limit { continue }
      unlink(path)
    }
  }

  /// Puts a whole file in its place.
  public static func move(_ name: String, to path: String) throws(FileError) {
    CrashPoint.pass("rename.before")
    guard rename(name, path) == 0 else { throw FileError("rename", path, errno) }
    CrashPoint.pass("rename.after")
  }

  /// Makes a folder where it is missing, open to whoever the folder above is open to, and the name of it
  /// durable.
  public static func makeFolder(_ path: String) throws(FileError) {
    CrashPoint.pass("mkdir.before")
    let isMade = FolderMode.make(path)
    let code = errno
    CrashPoint.pass("mkdir.after")
    if isMade { return try syncFolder(parent(of: path)) }
    if code == EEXIST { return }
    guard code == ENOENT, parent(of: path) != path else { throw FileError("mkdir", path, code) }
    try makeFolder(parent(of: path))
    guard FolderMode.make(path) || errno == EEXIST else { throw FileError("mkdir", path, errno) }
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
  static func parent(of path: String) -> String { FolderMode.parent(of: path) }
}
