extension PixelBuffer {
  /// The picture as a binary PPM file of 8 bits (Netpbm, P6): a header of its size, then the pixels. One
  /// picture has one such file, so its hash names the picture.
  public var ppm: [UInt8] { Self.header(width, height) + bytes }

  /// Reads such a file of a known size; throws `ImagingError` for any other bytes.
  public init(ppm file: [UInt8], width: Int, height: Int) throws {
    let header = Self.header(width, height)
    guard width > 0, height > 0, file.starts(with: header),
      file.count == header.count + 3 * width * height
    else {
      throw ImagingError(.damaged, "it is no picture of \(width)×\(height)")
    }
    self.init(width: width, height: height, bytes: Array(file[header.count...]))
  }

  /// The picture as planes of shape (3, height, width) in 0…1.
  public var planes: [Float] {
    let plane = width * height
    return [Float](unsafeUninitializedCapacity: 3 * plane) { out, filled in
      for at in 0..<plane {
        for channel in 0..<3 { out[channel * plane + at] = Float(bytes[3 * at + channel]) / 255 }
      }
      filled = 3 * plane
    }
  }

  private static func header(_ width: Int, _ height: Int) -> [UInt8] {
    Array("P6\n\(width) \(height)\n255\n".utf8)
  }
}
