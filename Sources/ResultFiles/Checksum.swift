import CZlib

/// zlib's CRC-32, begun at 0 or chained to an earlier one.
enum Checksum {
  static func crc32(_ bytes: UnsafeRawBufferPointer, after seed: UInt32 = 0) -> UInt32 {
    UInt32(
      truncatingIfNeeded: crc32_z(
        UInt(seed), bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count))
  }

  static func crc32(_ bytes: [UInt8], after seed: UInt32 = 0) -> UInt32 {
    bytes.isEmpty ? seed : bytes.withUnsafeBytes { crc32($0, after: seed) }
  }
}
