import CPNG

/// Writes a PNG of 8-bit RGB or grey into memory, some rows at a time.
final class PNGEncoder {
  private let writer: OpaquePointer
  private let stride: Int

  /// Starts a file of RGB, or of grey where `channels` is 1; the texts stand before the pixels.
  init(width: Int, height: Int, channels: Int32 = 3, texts: [PNGText]) throws {
    var message = Message()
    var made: OpaquePointer?
    let code = message.fill {
      cpng_writer_open(&made, UInt32(width), UInt32(height), channels, $0)
    }
    guard code == CPNG_OK, let made else { throw message.error("the PNG cannot be written", code) }
    writer = made
    stride = width * Int(channels)
    for text in texts {
      try text.validate()
      let international: Int32 = text.text.utf8.allSatisfy { $0 < 0x80 } ? 0 : 1
      try check { cpng_writer_text(writer, text.keyword, text.text, international, $0) }
    }
  }

  deinit { cpng_writer_close(writer) }

  /// Appends whole rows.
  func append(rows: UnsafeBufferPointer<UInt8>) throws {
    try check { cpng_writer_rows(writer, rows.baseAddress, rows.count / stride, $0) }
  }

  /// Ends the file and gives its bytes.
  func finish() throws -> [UInt8] {
    var bytes: UnsafePointer<UInt8>?
    var length = 0
    try check { cpng_writer_finish(writer, &bytes, &length, $0) }
    return Array(UnsafeBufferPointer(start: bytes, count: length))
  }

  private func check(_ call: (UnsafeMutablePointer<CChar>?) -> Int32) throws {
    var message = Message()
    let code = message.fill(call)
    guard code == CPNG_OK else { throw message.error("the PNG cannot be written", code) }
  }
}

/// The buffer that the C functions leave their sentence in.
struct Message {
  private var bytes: [CChar]

  init(_ capacity: Int32 = CPNG_MESSAGE) { bytes = [CChar](repeating: 0, count: Int(capacity)) }

  mutating func fill(_ call: (UnsafeMutablePointer<CChar>?) -> Int32) -> Int32 {
    bytes.withUnsafeMutableBufferPointer { call($0.baseAddress) }
  }

  var text: String {
    String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  func error(_ what: String, _ code: Int32) -> ImagingError {
    ImagingError(code == CPNG_NO_MEMORY ? .drawing : .damaged, "\(what): \(text)")
  }
}
