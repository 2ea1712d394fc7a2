import EditJobs
import Files
import Foundation
import RunMeasures

/// The bytes that begin a trajectory file.
extension TrajectoryHeader {
  /// Bytes of a header in a file.
  static let byteCount = 4096
  static let magic = Array("P2PTRAJ1".utf8)

  var latentCount: Int { latents.reduce(1, *) }
  var sumCount: Int { sums.reduce(1, *) }

  /// The bytes that begin a file: magic, length of the JSON, JSON, zeros, CRC-32.
  func encoded() throws -> [UInt8] {
    let json = Array(try CanonicalJSON(self).text.utf8)
    guard json.count <= Self.byteCount - 16 else {
      throw EditError(
        "trajectory-header", .software, "a trajectory header takes \(json.count) bytes")
    }
    var bytes = Self.magic
    bytes.append(littleEndian: UInt32(json.count))
    bytes += json
    bytes += [UInt8](repeating: 0, count: Self.byteCount - 4 - bytes.count)
    bytes.append(littleEndian: Checksum.crc32(bytes))
    return bytes
  }

  /// Reads a header and its checksum; `nil` where any byte of it is wrong.
  static func decode(_ bytes: UnsafeRawBufferPointer) -> (TrajectoryHeader, checksum: UInt32)? {
    guard bytes.count >= byteCount else { return nil }
    let head = UnsafeRawBufferPointer(rebasing: bytes[..<(byteCount - 4)])
    let checksum = bytes.uint32(at: byteCount - 4)
    let length = Int(bytes.uint32(at: 8))
    guard head.starts(with: magic), Checksum.crc32(head) == checksum, length <= byteCount - 16,
      let header = try? JSONDecoder().decode(
        TrajectoryHeader.self, from: Data(bytes[12..<(12 + length)])),
      header.format == currentFormat, header.passes >= 0,
      header.inversion.map({ (1...65_536).contains($0) }) ?? true,
      (header.latents + header.sums).allSatisfy({ (0...65_536).contains($0) }),
      header.latents.count == 3, header.sums.count == 3
    else { return nil }
    return (header, checksum)
  }
}
