/// A photograph that somebody gave us: a PNG or JPEG file, decoded upright and without transparency.
public struct PhotoFile: Sendable, Hashable {
  /// The picture.
  public var pixels: PixelBuffer
  /// `PNG` or `JPEG`.
  public var format: String
  /// What was done to make plain upright RGB of it, one phrase each; empty where it was that.
  public var notes: [String]

  /// Most bytes of a file that are read.
  public static let largestFile = 256 << 20

  /// Decodes a file.
  ///
  /// PNG of 1 to 16 bits, grey, palette or colour, interlaced or not; transparent parts are shown over
  /// white, 16 bits are rounded to 8. JPEG of 8 bits, grey, colour or CMYK, sequential or progressive. An
  /// orientation in Exif or XMP is applied; colour profiles and gamma are not. Sizes are those of
  /// `PNGFile`. Throws `ImagingError` for anything else, and for a file that is damaged or ends early,
  /// however little is missing.
  public init(decoding file: [UInt8]) throws {
    guard file.count <= Self.largestFile else {
      throw ImagingError(
        .tooLarge, "the file has \(file.count) bytes",
        hint: "a file of at most \(Self.largestFile >> 20) MiB")
    }
    if file.starts(with: ChunkReader.signature) {
      try self.init(png: file)
    } else if file.starts(with: [0xff, 0xd8, 0xff]) {
      try self.init(jpeg: file)
    } else {
      throw Self.unknown(file)
    }
  }

  init(_ pixels: PixelBuffer, format: String, orientation: ExifOrientation?, notes: [String]) {
    (self.format, self.notes) = (format, notes)
    guard let orientation, orientation != .upright else {
      self.pixels = pixels
      return
    }
    self.pixels = pixels.turned(upright: orientation)
    self.notes.insert("turned upright (EXIF orientation \(orientation.rawValue))", at: 0)
  }

  /// Pictures up to this many pixels are read whatever they hold.
  private static let smallArea = 16_000_000
  /// No photograph of more is packed as tightly as this, in bytes of pixels a byte of the file.
  private static let largestPacking = 150

  /// Refuses a size before memory for it is taken: what is too large, and large pictures of next to
  /// nothing, which would only take time.
  static func check(width: Int, height: Int, bytes: Int) throws {
    guard width > 0, height > 0 else {
      throw ImagingError(.damaged, "the picture is \(width)×\(height)")
    }
    guard width <= PNGFile.largestSide, height <= PNGFile.largestSide,
      width * height <= PNGFile.largestArea
    else {
      throw ImagingError(
        .tooLarge, "the picture is \(width)×\(height)",
        hint: "a picture of at most \(PNGFile.largestSide) pixels a side and 100 million in all")
    }
    let area = width * height
    guard area <= smallArea || 3 * area / largestPacking <= bytes else {
      throw ImagingError(
        .tooLarge, "the picture is \(width)×\(height) in \(bytes) bytes: that is no photograph",
        hint: "a picture of at most \(smallArea / 1_000_000) million pixels, where it is so plain")
    }
  }

  // MARK: other files

  /// What people try to hand in, by where its first bytes tell it.
  private static let others: [(name: String, at: Int, bytes: [UInt8])] = [
    ("a GIF", 0, Array("GIF8".utf8)), ("a WebP picture", 8, Array("WEBP".utf8)),
    ("a HEIC picture", 8, Array("heic".utf8)), ("a HEIC picture", 8, Array("heix".utf8)),
    ("a HEIF picture", 8, Array("mif1".utf8)), ("an AVIF picture", 8, Array("avif".utf8)),
    ("a TIFF file", 0, [0x49, 0x49, 0x2a, 0]), ("a TIFF file", 0, [0x4d, 0x4d, 0, 0x2a]),
    ("a BMP picture", 0, Array("BM".utf8)), ("a JPEG 2000 picture", 4, Array("jP  ".utf8)),
    ("a JPEG XL picture", 0, [0xff, 0x0a]), ("a JPEG XL picture", 4, Array("JXL ".utf8)),
    ("a PDF", 0, Array("%PDF".utf8)), ("an SVG", 0, Array("<svg".utf8)),
  ]

  private static func unknown(_ file: [UInt8]) -> ImagingError {
    guard !file.isEmpty else { return ImagingError(.damaged, "the file is empty") }
    if let other = others.first(where: { file.dropFirst($0.at).starts(with: $0.bytes) }) {
      return ImagingError(
        .damaged, "it is \(other.name); PNG and JPEG are read", hint: "convert it to PNG")
    }
    let start = String(decoding: file.prefix(12), as: UTF8.self)
    return ImagingError(
      .damaged, "it is no picture that is read here (it starts with \(start.debugDescription))",
      hint: "a PNG or JPEG file")
  }
}
