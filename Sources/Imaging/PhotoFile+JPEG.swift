import CJPEG

extension PhotoFile {
  init(jpeg file: [UInt8]) throws {
    var message = Message(CJPEG_MESSAGE)
    var (width, height, channels): (UInt32, UInt32, Int32) = (0, 0, 0)
    try Self.check(
      message.fill { cjpeg_read_header(file, file.count, &width, &height, &channels, $0) }, message)
    try Self.check(width: Int(width), height: Int(height), bytes: file.count)
    var bytes = [UInt8](repeating: 0, count: Int(width) * Int(height) * 3)
    let code = bytes.withUnsafeMutableBufferPointer { rgb in
      message.fill { cjpeg_read_rgb(file, file.count, rgb.baseAddress, width, height, $0) }
    }
    try Self.check(code, message)
    self.init(
      PixelBuffer(width: Int(width), height: Int(height), bytes: bytes), format: "JPEG",
      orientation: Self.orientation(jpeg: file),
      notes: channels == 4 ? ["CMYK converted without its colour profile"] : [])
  }

  private static func check(_ code: Int32, _ message: Message) throws {
    guard code != CJPEG_OK else { return }
    throw ImagingError(
      code == CJPEG_NO_MEMORY ? .tooLarge : .damaged, "the JPEG cannot be read: \(message.text)")
  }

  /// The orientation in the first Exif segment before the pixels (JPEG, ISO 10918-1, annex B; Exif 2.3
  /// §4.5).
  private static func orientation(jpeg file: [UInt8]) -> ExifOrientation? {
    var at = 2
    while at + 4 <= file.count, file[at] == 0xff {
      let marker = file[at + 1]
      switch marker {
      case 0xff: at += 1
      case 0x01, 0xd0...0xd7: at += 2
      case 0xda, 0xd9: return nil
      default:
        let end = at + 2 + (Int(file[at + 2]) << 8 | Int(file[at + 3]))
        guard end >= at + 4, end <= file.count else { return nil }
        let segment = file[(at + 4)..<end]
        let name = Array("Exif".utf8) + [0, 0]
        if marker == 0xe1, segment.starts(with: name) {
          return ExifOrientation(tiff: segment.dropFirst(name.count))
        }
        at = end
      }
    }
    return nil
  }
}
