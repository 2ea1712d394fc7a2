import Glibc

/// Who may read and write what is made in a folder: whoever may do so with the folder, whatever the
/// mask of the process that makes it.
///
/// So a queue that several users share stays theirs, and a private one private.
public enum FolderMode {
  /// The mode of a new file of a folder: as much of `permissions` as the folder lets through, and
  /// nothing to execute.
  public static func file(in folder: String, _ permissions: UInt32 = 0o666) -> UInt32 {
    guard let mode = mode(of: folder) else { return permissions }
    return permissions & mode & 0o666
  }

  /// The mode of a new folder in a folder, with its group; `nil` where the folder above is everybody's
  /// (as `/tmp` is) or cannot be looked at: then the mask decides.
  public static func folder(in folder: String) -> UInt32? {
    guard let mode = mode(of: folder), mode & S_ISVTX == 0 else { return nil }
    return mode & 0o2777
  }

  /// Gives a file that was just made at `path` its mode. One of another user keeps what it has.
  public static func give(_ descriptor: Int32, at path: String, _ permissions: UInt32 = 0o666) {
    _ = fchmod(descriptor, file(in: parent(of: path), permissions))
  }

  /// Makes a folder with its mode; `false`, with `errno`, where it cannot be made.
  public static func make(_ path: String) -> Bool {
    let mode = folder(in: parent(of: path))
    guard mkdir(path, mode.map { $0 & 0o777 } ?? 0o777) == 0 else { return false }
    // The mask took bits away; the group's own bit came from the folder above.
    var facts = stat()
    if let mode, stat(path, &facts) == 0, facts.st_mode & 0o777 != mode & 0o777 {
      _ = chmod(path, mode | facts.st_mode & S_ISGID)
    }
    return true
  }

  /// The folder that holds `path`.
  public static func parent(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func mode(of folder: String) -> UInt32? {
    var facts = stat()
    return stat(folder, &facts) == 0 ? facts.st_mode : nil
  }
}
