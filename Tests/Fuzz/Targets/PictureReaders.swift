import Imaging

/// Readers of pictures and of the texts in them.
enum PictureReaders {
  static let texts: @Sendable ([UInt8]) -> Void = { bytes in
    guard let found = try? PNGFile.texts(in: bytes) else { return }
    _ = Infotext(texts: found.texts)
  }

  static let picture: @Sendable ([UInt8]) -> Void = { bytes in
    // What the size says is refused elsewhere; here memory shall not be the limit.
    guard let size = try? PNGFile.size(of: bytes), size.width <= 512, size.height <= 512 else {
      return
    }
    _ = try? PNGFile(decoding: bytes)
  }

  /// Any file that is handed in as a photograph.
  static let photograph: @Sendable ([UInt8]) -> Void = { bytes in
    _ = try? PhotoFile(decoding: bytes)
  }

  static let infotext: @Sendable ([UInt8]) -> Void = { bytes in
    let read = Infotext(parsing: String(decoding: bytes, as: UTF8.self))
    guard let text = try? read.text() else { return }
    _ = Infotext(parsing: text)
  }
}
