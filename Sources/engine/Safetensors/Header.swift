/// The checked header of a safetensors file.
///
/// The format is a little-endian 64-bit length, that many bytes of JSON, and the data. Nothing is
/// believed: lengths are compared with the file before they are used, and sums are checked.
struct Header {
  /// Largest header that is read, as the format's own library has it.
  static let longest = 100_000_000
  /// More tensors than any model has.
  static let mostEntries = 100_000

  let entries: [String: SafetensorsFile.Entry]
  let metadata: [String: String]
  let dataStart: Int

  init(checking bytes: UnsafeRawBufferPointer, file: String) throws {
    func bad(_ what: String) -> SafetensorsError {
      SafetensorsError(
        file: file, what: what, hint: "copy or download the file again; it is damaged")
    }
    guard bytes.count >= 8 else {
      throw bad("\(bytes.count) bytes are too few for a safetensors file")
    }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard length <= UInt64(Self.longest) else {
      throw bad("the header claims \(length) bytes; at most \(Self.longest) are legal")
    }
    dataStart = 8 + Int(length)
    guard dataStart <= bytes.count else {
      throw bad("the header claims \(length) bytes and the file ends after \(bytes.count)")
    }
    var scanner = HeaderScanner(UnsafeRawBufferPointer(rebasing: bytes[8..<dataStart]), file: file)
    (entries, metadata) = try scanner.scan()
    try Self.checkLayout(entries, dataCount: bytes.count - dataStart, file: file)
  }

  /// Entries fill the data from the first byte to the last, each with the size of its shape.
  private static func checkLayout(
    _ entries: [String: SafetensorsFile.Entry], dataCount: Int, file: String
  ) throws {
    let order = entries.sorted {
      ($0.value.range.lowerBound, $0.value.range.upperBound, $0.key)
        < ($1.value.range.lowerBound, $1.value.range.upperBound, $1.key)
    }
    var end = 0
    for (key, entry) in order {
      func bad(_ what: String) -> SafetensorsError {
        SafetensorsError(
          file: file, key: key, what: what,
          hint: "copy or download the file again; it is damaged or cut off")
      }
      var size = entry.type?.byteCount ?? 1
      for axis in entry.shape {
        let (product, overflow) = size.multipliedReportingOverflow(by: axis)
        guard !overflow else { throw bad("the shape \(entry.shape) overflows") }
        size = product
      }
      guard entry.range.upperBound <= dataCount else {
        throw bad(
          "its bytes \(entry.range.lowerBound)..<\(entry.range.upperBound) lie outside the file's "
            + "\(dataCount) bytes of data")
      }
      guard entry.type == nil || entry.range.count == size else {
        throw bad(
          "\(entry.range.count) bytes are stored and \(entry.typeName) of shape "
            + "\(entry.shape) takes \(size)")
      }
      guard entry.range.lowerBound >= end else {
        throw bad("its bytes begin at \(entry.range.lowerBound), inside another tensor's")
      }
      guard entry.range.lowerBound == end else {
        throw bad("\(entry.range.lowerBound - end) bytes before it belong to no tensor")
      }
      end = entry.range.upperBound
    }
    guard end == dataCount else {
      throw SafetensorsError(
        file: file, what: "\(dataCount - end) bytes after the last tensor belong to none",
        hint: "copy or download the file again; it is damaged")
    }
  }
}
