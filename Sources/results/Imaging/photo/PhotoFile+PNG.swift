extension PhotoFile {
  /// The most bytes that one byte of a deflate stream becomes (RFC 1951: 258 for two bits).
  private static let largestExpansion = 1032

  init(png file: [UInt8]) throws {
    let size = try PNGFile.size(of: file)
    let (depth, color) = (Int(file[24]), file[25])
    try Self.checkPromise(size, depth: depth, color: color, bytes: file.count)
    try Self.check(width: size.width, height: size.height, bytes: file.count)
    try ChunkReader.checkEnd(of: file)
    let pixels: PixelBuffer
    var notes: [String] = []
    if try color == 4 || color == 6 || Self.has("tRNS", in: file) {
      let (rgba, _) = try PNGFile.decode(file, channels: 4)
      let flat = Self.overWhite(rgba)
      pixels = PixelBuffer(width: size.width, height: size.height, bytes: flat.bytes)
      if flat.hadAlpha { notes.append("transparent parts over white") }
    } else {
      let (rgb, _) = try PNGFile.decode(file, channels: 3)
      pixels = PixelBuffer(width: size.width, height: size.height, bytes: rgb)
    }
    if depth == 16 { notes.append("16 bits rounded to 8") }
    self.init(
      pixels, format: "PNG", orientation: try Self.orientation(png: file), notes: notes)
  }

  /// A header may promise anything; so many bytes cannot hold more than this.
  private static func checkPromise(
    _ size: PictureSize, depth: Int, color: UInt8, bytes: Int
  ) throws {
    let channels = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][color] ?? 1
    let rows = size.height * ((size.width * depth * channels + 7) / 8)
    guard rows / largestExpansion > bytes else { return }
    throw ImagingError(
      .damaged,
      "the PNG cannot be read: its \(bytes) bytes cannot hold \(size.width)×\(size.height) pixels")
  }

  /// Whether a chunk stands before the pixels.
  private static func has(_ type: String, in file: [UInt8]) throws -> Bool {
    var reader = ChunkReader(file)
    while let chunk = try reader.next(), chunk.type != "IDAT" {
      if chunk.type == type { return true }
    }
    return false
  }

  /// By the `eXIf` chunk, else by the texts in which programs wrote Exif and XMP before there was one.
  private static func orientation(png file: [UInt8]) throws -> ExifOrientation? {
    var notes = OrientationNotes()
    var reader = ChunkReader(file)
    while let chunk = try reader.next() {
      if chunk.type == "eXIf", chunk.intact { notes.exif = OrientationNotes.exifName + chunk.data }
    }
    for text in try PNGFile.texts(in: file).texts {
      switch text.keyword {
      case "Raw profile type exif": notes.rawProfile = text.text
      case "XML:com.adobe.xmp": notes.xmp = Array(text.text.utf8)
      default: continue
      }
    }
    return notes.orientation
  }

  /// `(c·a + 255·(255 − a)) / 255`, rounded.
  private static func overWhite(_ rgba: [UInt8]) -> (bytes: [UInt8], hadAlpha: Bool) {
    let count = rgba.count / 4
    var hadAlpha = false
    let bytes = [UInt8](unsafeUninitializedCapacity: 3 * count) { out, filled in
      rgba.withUnsafeBufferPointer { rgba in
        for pixel in 0..<count {
          let alpha = UInt32(rgba[4 * pixel + 3])
          hadAlpha = hadAlpha || alpha < 255
          for channel in 0..<3 {
            let value = UInt32(rgba[4 * pixel + channel]) &* alpha &+ 255 &* (255 &- alpha)
            out[3 * pixel + channel] = UInt8(truncatingIfNeeded: (value &+ 127) / 255)
          }
        }
      }
      filled = 3 * count
    }
    return (bytes, hadAlpha)
  }
}
