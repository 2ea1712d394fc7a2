import Foundation

/// The mounted file systems, as `/proc/self/mountinfo` lists them.
public struct Mounts: Sendable {
  private var mounts: [(point: String, type: String)] = []

  /// Reads the kernel's text.
  public init(mountinfo: String) {
    for line in mountinfo.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count > 5, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count
      else { continue }
      mounts.append((Self.unescaped(fields[4]), String(fields[dash + 1])))
    }
  }

  /// What is mounted now; nothing where there is no `/proc`.
  public static func current() -> Mounts {
    let data = FileManager.default.contents(atPath: "/proc/self/mountinfo") ?? Data()
    return Mounts(mountinfo: String(decoding: data, as: UTF8.self))
  }

  /// The type of the file system under a path where that is a network's, else `nil`.
  public func networkType(of path: String) -> String? {
    let real =
      realpath(path, nil).map { pointer in
        defer { free(pointer) }
        return String(cString: pointer)
      } ?? path
    // The longest mount point wins; of equal ones the later, which covers the earlier.
    var best: (length: Int, type: String) = (-1, "")
    for mount in mounts {
      let prefix = mount.point == "/" ? "/" : mount.point + "/"
      guard real == mount.point || real.hasPrefix(prefix) else { continue }
      if mount.point.utf8.count >= best.length {
        best = (mount.point.utf8.count, mount.type)
      }
    }
    return Self.network.contains(best.type) ? best.type : nil
  }

  private static let network: Set<String> = [
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "coda", "lustre", "gpfs", "beegfs",
    "ncpfs", "orangefs", "fuse.sshfs", "fuse.glusterfs", "fuse.ceph", "fuse.rclone", "fuse.s3fs",
  ]

  /// Mount points write space, tab, newline and backslash as three octal digits.
  private static func unescaped(_ field: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(field.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\\"), rest.count >= 3,
        let value = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8)
      {
        bytes.append(value)
        rest = rest.dropFirst(3)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
