import Imaging

/// Pictures whose pixels differ from place to place and from seed to seed.
func madePicture(_ seed: Int, width: Int = 64, height: Int = 64) -> PixelBuffer {
  var state = UInt64(seed) &* 0x9e37_79b9_7f4a_7c15 | 1
  var bytes: [UInt8] = []
  for _ in 0..<width * height * 3 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    bytes.append(UInt8(truncatingIfNeeded: state >> 24))
  }
  return PixelBuffer(width: width, height: height, bytes: bytes)
}

extension PixelBuffer {
  /// The top left corners of all exact copies of a picture.
  func places(of picture: PixelBuffer) -> [[Int]] {
    var found: [[Int]] = []
    guard picture.width <= width, picture.height <= height else { return [] }
    let row = picture.width * 3
    let start = Array(picture.bytes.prefix(12))
    for y in 0...(height - picture.height) {
      for x in 0...(width - picture.width) where starts(x, y, start) {
        let same = (0..<picture.height).allSatisfy { line in
          let at = ((y + line) * width + x) * 3
          return bytes[at..<at + row] == picture.bytes[line * row..<(line + 1) * row]
        }
        if same { found.append([x, y]) }
      }
    }
    return found
  }

  private func starts(_ x: Int, _ y: Int, _ start: [UInt8]) -> Bool {
    let at = (y * width + x) * 3
    return start.indices.allSatisfy { bytes[at + $0] == start[$0] }
  }

  /// The colour at a place as `0xrrggbb`.
  func hex(_ x: Int, _ y: Int) -> Int {
    let color = self[x, y]
    return Int(color.red) << 16 | Int(color.green) << 8 | Int(color.blue)
  }

  /// The colours inside a rectangle.
  func colors(x: Range<Int>, y: Range<Int>) -> Set<Int> {
    Set(y.flatMap { line in x.map { hex($0, line) } })
  }
}
