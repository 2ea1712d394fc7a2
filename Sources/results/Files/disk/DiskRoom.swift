import Glibc

/// What is left of a file system, for users without privileges.
public struct DiskRoom: Sendable, Hashable {
  /// Bytes that may still be written.
  public var freeBytes: Int64
  /// Bytes of the whole file system.
  public var totalBytes: Int64
  /// Inodes that are left: how many files may still be made.
  public var freeFiles: Int64
  /// Inodes of the whole file system; 0 where it does not count them.
  public var totalFiles: Int64

  /// Describes what is left.
  public init(freeBytes: Int64, totalBytes: Int64, freeFiles: Int64, totalFiles: Int64) {
    (self.freeBytes, self.totalBytes) = (freeBytes, totalBytes)
    (self.freeFiles, self.totalFiles) = (freeFiles, totalFiles)
  }

  /// Asks the file system that holds `path`, or the nearest folder above it that exists; `nil` where
  /// it does not say.
  public init?(at path: String) {
    var (facts, place) = (statvfs(), path)
    while statvfs(place, &facts) != 0 {
      let above = FolderMode.parent(of: place)
      guard errno == ENOENT || errno == ENOTDIR, above != place else { return nil }
      place = above
    }
    let block = Int64(facts.f_frsize)
    self.init(
      freeBytes: Int64(facts.f_bavail) * block, totalBytes: Int64(facts.f_blocks) * block,
      freeFiles: Int64(facts.f_favail), totalFiles: Int64(facts.f_files))
  }

  /// Whether no file can be made although there may be room for bytes.
  public var hasNoInodes: Bool { totalFiles > 0 && freeFiles <= 0 }

  /// Why a file system refuses more, for an error of a write there.
  public static func fullness(at path: String) -> (reason: String, hint: String) {
    if DiskRoom(at: path)?.hasNoInodes == true {
      return (
        "its file system has no inodes left: there are too many files on it",
        "remove files there, however small they are; df -i shows what is left"
      )
    }
    return ("its disk is full", "make room there; df -h shows what is left")
  }
}
