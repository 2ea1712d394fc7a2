/// How a camera was held: which corner of the stored picture is the upright one's top left (Exif 2.3,
/// tag 0x0112).
enum ExifOrientation: Int {
  case upright = 1
  case mirrored, upsideDown, flipped, transposed, quarterLeft, transversed, quarterRight

  /// Reads the tag of the first directory of a TIFF structure (TIFF 6.0 §2), whatever it says; `nil` where
  /// there is none.
  static func number(tiff: ArraySlice<UInt8>) -> Int? {
    let reader: TIFFReader
    switch Array(tiff.prefix(4)) {
    case [0x49, 0x49, 0x2a, 0]: reader = TIFFReader(bytes: tiff, isLittle: true)
    case [0x4d, 0x4d, 0, 0x2a]: reader = TIFFReader(bytes: tiff, isLittle: false)
    default: return nil
    }
    guard let directory = reader.number(at: 4, count: 4),
      let entries = reader.number(at: directory, count: 2)
    else { return nil }
    for entry in 0..<entries {
      let at = directory + 2 + 12 * entry
      guard let tag = reader.number(at: at, count: 2) else { return nil }
      guard tag == 0x0112 else { continue }
      // SHORT, or LONG as some programs write it.
      guard let type = reader.number(at: at + 2, count: 2), type == 3 || type == 4,
        let value = reader.number(at: at + 8, count: type == 3 ? 2 : 4)
      else { return nil }
      return value
    }
    return nil
  }
}

private struct TIFFReader {
  let bytes: ArraySlice<UInt8>
  let isLittle: Bool

  /// An unsigned number; `nil` outside the bytes.
  func number(at offset: Int, count: Int) -> Int? {
    guard offset >= 0, offset <= bytes.count - count else { return nil }
    let start = bytes.startIndex + offset
    let digits = bytes[start..<start + count]
    return (isLittle ? Array(digits.reversed()) : Array(digits)).reduce(0) { $0 << 8 | Int($1) }
  }
}

extension PixelBuffer {
  /// The picture as it was seen.
  func turned(upright orientation: ExifOrientation) -> PixelBuffer {
    let (w, h) = (width, height)
    // The stored place of the new top left, and the steps to the right and down from there.
    let (start, right, down): (Int, Int, Int)
    switch orientation {
    case .upright: return self
    case .mirrored: (start, right, down) = (w - 1, -1, w)
    case .upsideDown: (start, right, down) = (w * h - 1, -1, -w)
    case .flipped: (start, right, down) = (w * (h - 1), 1, -w)
    case .transposed: (start, right, down) = (0, w, 1)
    case .quarterLeft: (start, right, down) = (w * (h - 1), -w, 1)
    case .transversed: (start, right, down) = (w * h - 1, -w, -1)
    case .quarterRight: (start, right, down) = (w - 1, w, -1)
    }
    let (columns, rows) = orientation.rawValue >= 5 ? (h, w) : (w, h)
    let result = [UInt8](unsafeUninitializedCapacity: bytes.count) { out, filled in
      bytes.withUnsafeBufferPointer { stored in
        var to = 0
        for y in 0..<rows {
          var from = 3 * (start + y * down)
          for _ in 0..<columns {
            (out[to], out[to + 1], out[to + 2]) = (stored[from], stored[from + 1], stored[from + 2])
            to += 3
            from += 3 * right
          }
        }
      }
      filled = bytes.count
    }
    return PixelBuffer(width: columns, height: rows, bytes: result)
  }
}
