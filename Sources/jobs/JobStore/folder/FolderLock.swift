public import Files
import Foundation

/// The right to be the one daemon of a state folder, held until the value ends or the process dies.
///
/// The file is never unlinked: two processes would hold locks on two inodes.
public struct FolderLock: ~Copyable, Sendable {
  private let descriptor: Int32

  private init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// Takes the lock of a state folder, waiting at most half a second (`holder` borrows it for a
  /// moment).
  ///
  /// - Throws: `daemon-running` (75) with the holder's process, `folder-not-writable` (73).
  public static func take(_ folder: StateFolder) throws(EditError) -> FolderLock {
    let descriptor = open(
      folder.lockFile, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FolderMode.file(in: folder.path))
    guard descriptor >= 0 else {
      let reason = String(cString: strerror(errno))
      throw EditError(
        "folder-not-writable", .cannotCreate, "\(folder.lockFile) cannot be opened: \(reason)",
        hint: "--state DIR, or P2P_STATE")
    }
    for attempt in 0..<10 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
        FolderMode.give(descriptor, at: folder.lockFile)
        let text = Array("\(getpid())\n".utf8)
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, text, text.count, 0)
        return FolderLock(descriptor: descriptor)
      }
      if attempt < 9 { usleep(50_000) }
    }
    let pid = Self.pid(in: descriptor)
    close(descriptor)
    throw EditError(
      "daemon-running", .temporary,
      "a daemon already runs on \(folder.path)" + (pid.map { ": process \($0)" } ?? ""),
      hint: "another --state DIR, or stop that one")
  }

  /// The process that holds the lock, `nil` where no daemon runs; 0 where its number is unknown.
  public static func holder(_ folder: StateFolder) -> Int32? {
    let descriptor = open(folder.lockFile, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_SH | LOCK_NB) != 0 else { return nil }
    return pid(in: descriptor) ?? 0
  }

  private static func pid(in descriptor: Int32) -> Int32? {
    var bytes = [UInt8](repeating: 0, count: 32)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { return nil }
    return Int32(String(decoding: bytes.prefix(count), as: UTF8.self).prefix { $0.isNumber })
  }
}
