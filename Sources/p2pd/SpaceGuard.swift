import EditJobs
import Foundation
import JobStore

/// Watches the room on the disks, and keeps some in reserve to record that there is none.
///
/// A full disk cannot be recorded in a database that has no room for its journal: the ballast file is
/// given up for that.
struct SpaceGuard {
  /// What a pause for want of room begins with; such a pause ends by itself.
  static let reasonPrefix = "no room on the disk"
  private static let ballastBytes = 16 << 20

  let folder: StateFolder
  /// Nothing is claimed: less room than the watermark.
  var isShort = false
  /// Somebody met a full disk since the last look.
  var isFull = false

  init(folder: StateFolder) { self.folder = folder }

  /// What must stay free: 1 GiB or a twentieth of the file system, whichever is less.
  static func watermark(total: Int64) -> Int64 { min(1 << 30, total / 20) }

  /// Room for unprivileged users and the size of the file system that holds a folder.
  static func room(_ path: String) -> (free: Int64, total: Int64)? {
    var facts = statvfs()
    guard statvfs(path, &facts) == 0 else { return nil }
    let block = Int64(facts.f_frsize)
    return (Int64(facts.f_bavail) * block, Int64(facts.f_blocks) * block)
  }

  /// The folder that is short of room for `need` more bytes in the results, with its free bytes.
  func shortage(need: Int64) -> (folder: String, free: Int64, needed: Int64)? {
    for (path, need) in [(folder.results, need), (folder.path, 0)] {
      guard let (free, total) = Self.room(path) else { continue }
      let needed = need + Self.watermark(total: total)
      if free < needed { return (path, free, needed) }
    }
    return nil
  }

  /// Makes the reserve where it is missing and there is room.
  func makeBallast() {
    guard access(folder.ballast, F_OK) != 0, shortage(need: Int64(Self.ballastBytes)) == nil
    else { return }
    let file = open(folder.ballast, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o660)
    guard file >= 0 else { return }
    defer { close(file) }
    if posix_fallocate(file, 0, off_t(Self.ballastBytes)) != 0 { unlink(folder.ballast) }
  }

  /// Gives the reserve up; `false` where there was none.
  func releaseBallast() -> Bool { unlink(folder.ballast) == 0 }
}
