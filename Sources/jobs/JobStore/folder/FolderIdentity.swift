import Glibc

/// Which folder, which job table and which lock a state folder had when it was opened.
///
/// Paths may come to mean others: a folder is removed, moved away, or put back from a backup. Who has the
/// old files open then works where nobody looks.
public struct FolderIdentity: Sendable {
  private struct Place: Sendable {
    var path: String
    var device: dev_t
    var inode: ino_t

    init?(_ path: String) {
      var facts = stat()
      guard stat(path, &facts) == 0 else { return nil }
      (self.path, device, inode) = (path, facts.st_dev, facts.st_ino)
    }
  }

  private let folder: String
  private let places: [Place]

  /// Looks at a state folder that is open; what is not there is not watched.
  public init(_ folder: StateFolder) {
    self.folder = folder.path
    places = [folder.path, folder.database, folder.lockFile].compactMap { Place($0) }
  }

  /// What is no longer what it was, for a person; `nil` while everything is.
  public var change: String? {
    for place in places {
      guard let now = Place(place.path) else { return "\(place.path) was removed" }
      if (now.device, now.inode) != (place.device, place.inode) {
        return "\(place.path) was replaced by another"
      }
    }
    return nil
  }
}
