import CPNG

/// A PNG file in memory: its pixels as 8-bit RGB and its texts.
public struct PNGFile: Sendable, Hashable {
  /// The picture.
  public var pixels: PixelBuffer
  /// The texts in the order of the file.
  public var texts: [PNGText]
  /// Texts that were not read, one sentence each (damaged, or more than 1 MiB of text).
  public var skippedTexts: [String]

  /// Longest side that is read.
  public static let largestSide = 16_384
  /// Most pixels that are read.
  public static let largestArea = 100_000_000

  /// Makes a file's content.
  public init(pixels: PixelBuffer, texts: [PNGText] = []) {
    (self.pixels, self.texts, skippedTexts) = (pixels, texts, [])
  }

  /// Decodes a file: 1 to 16 bits, grey, palette or RGB, interlaced or not.
  ///
  /// Alpha is dropped, 16 bits are rounded to 8, gamma and colour profiles are ignored. A file that
  /// ends early, is damaged, or is too large throws `ImagingError`.
  public init(decoding file: [UInt8]) throws {
    let (bytes, size) = try Self.decode(file, channels: 3)
    pixels = PixelBuffer(width: size.width, height: size.height, bytes: bytes)
    (texts, skippedTexts) = try Self.texts(in: file)
  }

  /// The pixels of a file, RGB or RGBA, row after row.
  static func decode(_ file: [UInt8], channels: Int) throws -> (bytes: [UInt8], size: PictureSize) {
    let size = try size(of: file)
    var message = Message()
    var code: Int32 = 0
    // Zeros, not garbage, should libpng ever leave a row alone.
    var bytes = [UInt8](repeating: 0, count: size.width * size.height * channels)
    code = bytes.withUnsafeMutableBufferPointer { pixels in
      message.fill {
        cpng_read(
          file, file.count, pixels.baseAddress, UInt32(size.width), UInt32(size.height),
          Int32(channels), $0)
      }
    }
    guard code == CPNG_OK else { throw message.error("the PNG cannot be read", code) }
    return (bytes, size)
  }

  /// Width and height from the header alone, for which the first 33 bytes of a file suffice;
  /// refuses what is no PNG and what is too large.
  public static func size(of file: [UInt8]) throws -> PictureSize {
    guard file.starts(with: ChunkReader.signature) else {
      let start = String(decoding: file.prefix(12), as: UTF8.self)
      throw ImagingError(.damaged, "not a PNG (starts with \(start.debugDescription))")
    }
    var reader = ChunkReader(file)
    guard let header = try reader.next(), header.type == "IHDR", header.data.count == 13 else {
      throw ImagingError(.damaged, "the PNG cannot be read: it has no header")
    }
    let (width, height) = (reader.number(at: header.start), reader.number(at: header.start + 4))
    guard width > 0, height > 0 else {
      throw ImagingError(.damaged, "the PNG cannot be read: it is \(width)×\(height)")
    }
    guard width <= largestSide, height <= largestSide, width * height <= largestArea else {
      throw ImagingError(
        .tooLarge, "the picture is \(width)×\(height)",
        hint: "a picture of at most \(largestSide) pixels a side and 100 million in all")
    }
    return PictureSize(width: width, height: height)
  }

  /// The file: RGB, the texts between header and pixels, no time; equal content gives equal bytes.
  ///
  /// A text of ASCII becomes tEXt, any other an uncompressed iTXt. Bytes depend on the versions of
  /// libpng and zlib; between machines compare the pixels.
  public func encoded() throws -> [UInt8] {
    let encoder = try PNGEncoder(width: pixels.width, height: pixels.height, texts: texts)
    try pixels.bytes.withUnsafeBufferPointer { try encoder.append(rows: $0) }
    return try encoder.finish()
  }

  /// A file of 8-bit grey without texts, for masks: one number a pixel, row by row.
  public static func encoded(grey: [UInt8], width: Int, height: Int) throws -> [UInt8] {
    precondition(grey.count == width * height, "\(grey.count) numbers for \(width)×\(height)")
    let encoder = try PNGEncoder(width: width, height: height, channels: 1, texts: [])
    try grey.withUnsafeBufferPointer { try encoder.append(rows: $0) }
    return try encoder.finish()
  }
}
