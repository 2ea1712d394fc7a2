import CLibDeflate

/// The CRC-32 of zip and PNG, begun at 0 or chained to an earlier one.
///
/// By libdeflate, which folds with carry-less products: zlib's own takes a tenth of a small step for
/// the maps of a pass.
enum Checksum {
  static func crc32(_ bytes: UnsafeRawBufferPointer, after seed: UInt32 = 0) -> UInt32 {
    guard let start = bytes.baseAddress else { return seed }
    return libdeflate_crc32(seed, start, bytes.count)
  }

  static func crc32(_ bytes: [UInt8], after seed: UInt32 = 0) -> UInt32 {
    bytes.withUnsafeBytes { crc32($0, after: seed) }
  }
}
