import CJPEG

extension PhotoFile {
  init(jpeg file: [UInt8]) throws {
    var message = Message(CJPEG_MESSAGE)
    var (width, height, channels): (UInt32, UInt32, Int32) = (0, 0, 0)
    try Self.check(
      message.fill { cjpeg_read_header(file, file.count, &width, &height, &channels, $0) }, message)
    try Self.check(width: Int(width), height: Int(height), bytes: file.count)
    guard Self.hasEnd(jpeg: file) else {
      throw ImagingError(.damaged, "the JPEG cannot be read: the file ends early")
    }
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

  /// Whether there is an end behind the beginning of the pixels, where no other two bytes look like it.
  ///
  /// Without it a large picture would be decoded nearly to its end before that showed.
  private static func hasEnd(jpeg file: [UInt8]) -> Bool {
    let start = segments(of: file) { _, _ in true }
    return file.withUnsafeBufferPointer { bytes in
      var at = bytes.count - 2
      while at >= start {
        if bytes[at] == 0xff, bytes[at + 1] == 0xd9 { return true }
        at -= 1
      }
      return false
    }
  }

  /// By the Exif segments before the pixels (Exif 2.3 §4.5), which are one structure, else by XMP.
  private static func orientation(jpeg file: [UInt8]) -> ExifOrientation? {
    let exif = OrientationNotes.exifName
    let xmp = Array("http://ns.adobe.com/xap/1.0/".utf8) + [0]
    var notes = OrientationNotes()
    segments(of: file) { marker, segment in
      guard marker == 0xe1 else { return true }
      if segment.starts(with: exif) {
        notes.exif = (notes.exif ?? exif) + segment.dropFirst(exif.count)
      } else if segment.starts(with: xmp) {
        notes.xmp = Array(segment.dropFirst(xmp.count))
      }
      return true
    }
    return notes.orientation
  }

  /// Walks over the segments before the pixels (ISO 10918-1, annex B) as long as `body` wants more, and
  /// says where it ended.
  @discardableResult
  private static func segments(
    of file: [UInt8], _ body: (_ marker: UInt8, ArraySlice<UInt8>) -> Bool
  ) -> Int {
    var at = 2
    while at + 4 <= file.count, file[at] == 0xff {
      let marker = file[at + 1]
      switch marker {
      case 0xff: at += 1
      case 0x01, 0xd0...0xd7: at += 2
      case 0xda, 0xd9: return at
      default:
        let end = at + 2 + (Int(file[at + 2]) << 8 | Int(file[at + 3]))
        guard end >= at + 4, end <= file.count, body(marker, file[(at + 4)..<end]) else {
          return at
        }
        at = end
      }
    }
    return at
  }
}
