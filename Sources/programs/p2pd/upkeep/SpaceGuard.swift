import Files
import Foundation
import JobStore

/// What is to be written.
struct DiskNeed: Hashable {
  /// A unit's folder, its files, its lock, and one that is being written; and its cell's picture.
  static let filesPerUnit: Int64 = 10
  static let none = DiskNeed(bytes: 0, files: 0)

  var bytes: Int64
  var files: Int64
}

/// Watches the room on the disks, and keeps some in reserve to record that there is none.
///
/// A full disk cannot be recorded in a database that has no room for its journal: the ballast file is
/// given up for that.
struct SpaceGuard {
  private static let ballastBytes = 16 << 20

  /// A folder that is short of room.
  struct Shortage: Hashable {
    /// What a person is told.
    var text: String
    /// Bytes that must become free; 0 where inodes are missing.
    var missingBytes: Int64
  }

  let folder: StateFolder
  /// Somebody met a full disk since the last look.
  var isFull = false

  init(folder: StateFolder) { self.folder = folder }

  /// What must stay free: 1 GiB or a twentieth of the file system, whichever is less.
  static func watermark(total: Int64) -> Int64 { min(1 << 30, total / 20) }

  /// Inodes that must stay free: 1000 or a twentieth of the file system's, whichever is less.
  static func inodeWatermark(total: Int64) -> Int64 { min(1000, total / 20) }

  /// The folder that is short of room for what is to be written into the results; `nil` where none is.
  ///
  /// Folders of the results may lie on file systems of their own.
  func shortage(need: DiskNeed) -> Shortage? {
    let results = folder.results
    let places = [results, "\(results)/sources", "\(results)/variants"].map { ($0, need) }
    for (path, need) in places + [(folder.path, .none)] {
      guard let room = DiskRoom(at: path) else { continue }
      let needed = need.bytes + Self.watermark(total: room.totalBytes)
      if room.freeBytes < needed {
        return Shortage(
          text: "\(path) has \(room.freeBytes >> 20) MiB free, \(needed >> 20) MiB are needed",
          missingBytes: needed - room.freeBytes)
      }
      let inodes = need.files + Self.inodeWatermark(total: room.totalFiles)
      if room.totalFiles > 0, room.freeFiles < inodes {
        return Shortage(
          text:
            "the file system of \(path) has \(room.freeFiles) inodes free, \(inodes) are needed: "
            + "there are too many files on it",
          missingBytes: 0)
      }
    }
    return nil
  }

  /// Makes the reserve where it is missing and there is room.
  func makeBallast() {
    let need = DiskNeed(bytes: Int64(Self.ballastBytes), files: 1)
    guard access(folder.ballast, F_OK) != 0, shortage(need: need) == nil else { return }
    let file = open(
      folder.ballast, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
      FolderMode.file(in: folder.path))
    guard file >= 0 else { return }
    defer { close(file) }
    FolderMode.give(file, at: folder.ballast)
    if posix_fallocate(file, 0, off_t(Self.ballastBytes)) != 0 { unlink(folder.ballast) }
  }

  /// Gives the reserve up; `false` where there was none.
  func releaseBallast() -> Bool { unlink(folder.ballast) == 0 }
}
