import Foundation

/// What a folder of maps takes on the disk, and its removal.
enum MapFiles {
  /// Blocks of all files of a folder, in bytes; 0 where there is none.
  static func bytes(_ folder: String) -> Int64 {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.reduce(0) { sum, name in
      var facts = stat()
      return lstat("\(folder)/\(name)", &facts) == 0 ? sum + Int64(facts.st_blocks) * 512 : sum
    }
  }

  /// Removes the files of a folder of maps; the folder itself stays.
  static func remove(_ folder: String) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
      unlink("\(folder)/\(name)")
    }
  }
}
