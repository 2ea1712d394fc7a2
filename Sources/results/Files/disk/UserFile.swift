import Foundation

/// Files that people name: what `-o` and `--out` write.
///
/// A plain file is replaced whole or not at all, and keeps its mode; a link stays, and what it leads
/// to is written; a device, a pipe or a descriptor (`/dev/stdout`, `/dev/fd/5`) is written through.
public enum UserFile {
  /// What a name stands for.
  public enum Place: Equatable, Sendable {
    /// A plain file, or none yet: its path without a link at its end.
    case file(String)
    /// A device or a pipe.
    case device(String)
    /// An open descriptor of this process.
    case descriptor(Int32)

    /// Whether what is written there and what a program prints are the same stream.
    public var isStandardOutput: Bool { self == .descriptor(STDOUT_FILENO) }
  }

  /// Looks what a name stands for.
  ///
  /// - Throws: `cannot-write` (73) for folders, sockets, and what cannot be looked at.
  public static func place(_ path: String) throws(EditError) -> Place {
    var target = path
    for _ in 0..<mostLinks {
      if let descriptor = descriptor(target) { return .descriptor(descriptor) }
      var facts = stat()
      guard lstat(target, &facts) == 0 else {
        guard errno == ENOENT, !target.isEmpty, !target.hasSuffix("/") else {
          throw refused(path, errno)
        }
        return .file(target)
      }
      switch facts.st_mode & S_IFMT {
      case S_IFREG: return .file(target)
      case S_IFLNK: target = try followed(target, path)
      case S_IFCHR, S_IFBLK, S_IFIFO: return .device(target)
      case S_IFDIR: throw refused(path, EISDIR, hint: "the name of a file in it")
      default: throw refused(path, ENXIO)
      }
    }
    throw refused(path, ELOOP)
  }

  /// Writes a file that a person named.
  ///
  /// - Throws: `cannot-write` (73); `output-lost` (74) where only some of it could be written.
  public static func write(_ bytes: [UInt8], to path: String) throws(EditError) {
    switch try place(path) {
    case .file(let target): try replace(target, with: bytes, called: path)
    case .device(let target):
      let descriptor = open(target, O_WRONLY | O_CLOEXEC | O_NOCTTY)
      guard descriptor >= 0 else { throw refused(path, errno) }
      let code = StandardStream.write(bytes, to: descriptor)
      let end = close(descriptor) == 0 ? 0 : errno
      if code != 0 || end != 0 { throw lost(path, code != 0 ? code : end) }
    case .descriptor(STDOUT_FILENO): try StandardStream.output.write(bytes)
    case .descriptor(let descriptor):
      let code = StandardStream.write(bytes, to: descriptor)
      if code == EBADF { throw refused(path, code) }
      if code != 0 { throw lost(path, code) }
    }
  }

  /// Links that are followed before they must be a ring, as the system counts.
  private static let mostLinks = 40

  /// The descriptor that a path names, as shells understand it.
  private static func descriptor(_ path: String) -> Int32? {
    switch path {
    case "/dev/stdin": return STDIN_FILENO
    case "/dev/stdout": return STDOUT_FILENO
    case "/dev/stderr": return STDERR_FILENO
    default:
      for folder in ["/dev/fd/", "/proc/self/fd/", "/proc/\(getpid())/fd/"]
      where path.hasPrefix(folder) {
        return Int32(path.dropFirst(folder.count))
      }
      return nil
    }
  }

  /// Where a link leads: a relative one from its own folder.
  private static func followed(_ link: String, _ path: String) throws(EditError) -> String {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = readlink(link, &bytes, bytes.count - 1)
    guard count > 0 else { throw refused(path, count == 0 ? ENOENT : errno) }
    let name = bytes[..<count].map { UInt8(bitPattern: $0) }
    guard let target = String(validating: name, as: UTF8.self) else {
      throw refused(path, EILSEQ)
    }
    guard !target.hasPrefix("/") else { return target }
    return link.contains("/") ? "\(DurableFile.parent(of: link))/\(target)" : target
  }

  /// Puts a new file in the place of a plain one, with its mode and owner, or where none is.
  private static func replace(
    _ target: String, with bytes: [UInt8], called path: String
  ) throws(EditError) {
    var old = stat()
    let exists = stat(target, &old) == 0
    // A file that may not be written is not replaced either, although its folder would allow it.
    if exists, access(target, W_OK) != 0 { throw refused(path, errno) }
    let folder = DurableFile.parent(of: target)
    let name = DurableFile.unfinishedName(beside: target)
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
    let descriptor = open(name, flags, exists ? 0o600 : 0o666)
    guard descriptor >= 0 else {
      let code = errno
      // The file may be written and its folder not.
      if exists, [EACCES, EPERM, EROFS].contains(code) {
        return try overwrite(target, with: bytes, called: path)
      }
      throw refused(path, code)
    }
    if exists {
      _ = fchown(descriptor, old.st_uid, old.st_gid)
      _ = fchmod(descriptor, old.st_mode & 0o7777)
    }
    var code = StandardStream.write(bytes, to: descriptor)
    if code == 0, fsync(descriptor) != 0 { code = errno }
    if close(descriptor) != 0, code == 0 { code = errno }
    if code == 0, rename(name, target) != 0 { code = errno }
    guard code == 0 else {
      unlink(name)
      // Something is mounted at the file itself.
      if exists, code == EBUSY { return try overwrite(target, with: bytes, called: path) }
      throw lost(path, code)
    }
    try? DurableFile.syncFolder(folder)
  }

  /// Writes a file in its place, where another one cannot be put there.
  private static func overwrite(
    _ target: String, with bytes: [UInt8], called path: String
  ) throws(EditError) {
    let descriptor = open(target, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw refused(path, errno) }
    var code = StandardStream.write(bytes, to: descriptor)
    if code == 0, fsync(descriptor) != 0 { code = errno }
    if close(descriptor) != 0, code == 0 { code = errno }
    if code != 0 { throw lost(path, code) }
  }

  private static func refused(_ path: String, _ code: Int32, hint: String? = nil) -> EditError {
    EditError(
      "cannot-write", .cannotCreate,
      "\(path.isEmpty ? "a file without a name" : path) cannot be written: \(reason(code))",
      hint: hint)
  }

  private static func lost(_ path: String, _ code: Int32) -> EditError {
    EditError("output-lost", .io, "\(path) cannot be written: \(reason(code))")
  }

  private static func reason(_ code: Int32) -> String {
    strerror(code).map { String(cString: $0) } ?? "error \(code)"
  }
}
