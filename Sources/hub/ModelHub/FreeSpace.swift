import Files
import Glibc
import HubCache

/// Room on the disk of a folder.
enum FreeSpace {
  /// - Throws: `disk-full` (74) where so many bytes do not fit.
  static func check(_ bytes: Int64, in folder: String, for model: HubModelName) throws(EditError) {
    var facts = statvfs()
    guard bytes > 0, statvfs(folder, &facts) == 0 else { return }
    let free = Int64(clamping: UInt64(facts.f_bavail) &* UInt64(facts.f_frsize))
    guard bytes > free else { return }
    throw EditError(
      "disk-full", .io, "\(model) does not fit: \(bytes) bytes are needed, \(free) are free",
      details: ["in \(folder)"],
      hint: "make room (p2p models rm), or set HF_HUB_CACHE to a folder on a larger disk")
  }
}
