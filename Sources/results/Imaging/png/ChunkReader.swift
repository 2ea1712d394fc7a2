import CPNG

/// Walks over the chunks of a PNG file (PNG specification §5.3).
struct ChunkReader {
  static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

  struct Chunk {
    var type: String
    var start: Int
    var data: ArraySlice<UInt8>
    var intact: Bool
  }

  private let file: [UInt8]
  private var at = ChunkReader.signature.count
  private var isDone = false
  private static let last = Array("IEND".utf8)

  /// Starts behind the signature, which the caller has checked.
  init(_ file: [UInt8]) { self.file = file }

  /// The next chunk, or `nil` behind the last one; throws where the file ends inside one.
  ///
  /// What follows IEND is not looked at: programs append what they like.
  mutating func next() throws -> Chunk? {
    if at == file.count || isDone { return nil }
    guard file.count - at >= 12 else { throw Self.endsEarly }
    let length = number(at: at)
    let start = at + 8
    guard length <= file.count - start - 4 else { throw Self.endsEarly }
    let type = file[at + 4..<start]
    let crc = file[(at + 4)..<(start + length)].withUnsafeBufferPointer {
      cpng_crc32($0.baseAddress, $0.count)
    }
    at = start + length + 4
    isDone = type.elementsEqual(Self.last)
    return Chunk(
      type: String(decoding: type, as: UTF8.self), start: start,
      data: file[start..<start + length], intact: number(at: start + length) == Int(crc))
  }

  /// Throws where a file ends before its last chunk does, without reading any of them: a large picture
  /// would be decoded nearly to its end before that showed.
  static func checkEnd(of file: [UInt8]) throws {
    let reader = ChunkReader(file)
    var at = signature.count
    while file.count - at >= 12 {
      let end = at + 12 + reader.number(at: at)
      guard end <= file.count else { break }
      if file[at + 4..<at + 8].elementsEqual(last) { return }
      at = end
    }
    throw endsEarly
  }

  /// The big-endian number of four bytes.
  func number(at index: Int) -> Int {
    file[index..<index + 4].reduce(0) { $0 << 8 | Int($1) }
  }

  private static let endsEarly = ImagingError(
    .damaged, "the PNG cannot be read: the file ends early")
}
