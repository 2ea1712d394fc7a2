import CPNG

extension PNGFile {
  /// Most bytes that one compressed text may become.
  public static let largestText = 1 << 20

  /// The texts of a file in their order, and a sentence for each one that was left out.
  ///
  /// tEXt and zTXt are read as UTF-8 where their bytes are valid UTF-8, because several programs
  /// write that against the specification; otherwise as Latin-1. Throws if the file ends early.
  public static func texts(in file: [UInt8]) throws -> (texts: [PNGText], skipped: [String]) {
    guard file.starts(with: ChunkReader.signature) else {
      throw ImagingError(.damaged, "not a PNG")
    }
    var reader = ChunkReader(file)
    var (texts, skipped): ([PNGText], [String]) = ([], [])
    while let chunk = try reader.next(), chunk.type != "IEND" {
      guard let read = readers[chunk.type] else { continue }
      do {
        guard chunk.intact else { throw ImagingError(.damaged, "its checksum is wrong") }
        texts.append(try read(chunk.data))
      } catch let error as ImagingError {
        skipped.append("a \(chunk.type) text was left out: \(error.what)")
      }
    }
    return (texts, skipped)
  }

  private typealias Reader = @Sendable (ArraySlice<UInt8>) throws -> PNGText

  private static let readers: [String: Reader] = [
    "tEXt": { data in
      let (keyword, text) = try cut(data)
      return PNGText(keyword: latin(keyword), text: legacy(text))
    },
    "zTXt": { data in
      let (keyword, rest) = try cut(data)
      guard rest.first == 0 else { throw unknownCompression }
      return PNGText(keyword: latin(keyword), text: legacy(try inflated(rest.dropFirst())))
    },
    "iTXt": { data in
      let (keyword, rest) = try cut(data)
      guard rest.count >= 2 else { throw malformed }
      let flags = Array(rest.prefix(2))
      let (_, translated) = try cut(rest.dropFirst(2))
      let (_, text) = try cut(translated)
      guard flags[0] == 0 || flags[1] == 0 else { throw unknownCompression }
      let bytes = flags[0] == 0 ? text : try inflated(text)
      return PNGText(keyword: latin(keyword), text: String(decoding: bytes, as: UTF8.self))
    },
  ]

  private static var malformed: ImagingError { ImagingError(.damaged, "it is malformed") }
  private static var unknownCompression: ImagingError {
    ImagingError(.damaged, "its compression method is unknown")
  }

  /// Splits at the first NUL.
  private static func cut(_ data: ArraySlice<UInt8>) throws -> (
    ArraySlice<UInt8>, ArraySlice<UInt8>
  ) {
    guard let nul = data.firstIndex(of: 0) else { throw malformed }
    return (data[..<nul], data[(nul + 1)...])
  }

  private static func latin(_ bytes: ArraySlice<UInt8>) -> String {
    var text = ""
    text.unicodeScalars.append(contentsOf: bytes.lazy.map { Unicode.Scalar($0) })
    return text
  }

  private static func legacy(_ bytes: ArraySlice<UInt8>) -> String {
    String(validating: bytes, as: UTF8.self) ?? latin(bytes)
  }

  private static func inflated(_ data: ArraySlice<UInt8>) throws -> ArraySlice<UInt8> {
    var (message, written, code): (Message, Int, Int32) = (Message(), 0, 0)
    // One byte more than the limit, so that a text of exactly the limit is seen to end.
    let text = [UInt8](unsafeUninitializedCapacity: largestText + 1) { buffer, count in
      code = data.withUnsafeBufferPointer { input in
        message.fill {
          cpng_inflate(
            input.baseAddress, input.count, buffer.baseAddress, buffer.count, &written, $0)
        }
      }
      count = written
    }
    guard code != CPNG_TOO_LONG, text.count <= largestText else {
      throw ImagingError(.tooLarge, "it is longer than 1 MiB")
    }
    guard code == CPNG_OK else { throw message.error("it cannot be inflated", code) }
    return text[...]
  }
}
