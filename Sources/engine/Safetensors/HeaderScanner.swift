/// Reads the JSON of a header by its grammar: an object of entries and one object of strings.
///
/// It is no general JSON reader on purpose: duplicate names, which Foundation's decoder lets pass, are
/// errors, and a header of a hundred megabytes is read with no more memory than its entries take.
/// Fields of an entry that are not known are read over, to a bounded depth.
struct HeaderScanner {
  static let longestName = 4096
  /// Deeper than anything that somebody notes of a tensor.
  private static let deepest = 64

  private let bytes: UnsafeRawBufferPointer
  private let file: String
  private var place = 0

  init(_ bytes: UnsafeRawBufferPointer, file: String) {
    (self.bytes, self.file) = (bytes, file)
  }

  /// Reads the whole header.
  mutating func scan() throws -> ([String: SafetensorsFile.Entry], [String: String]) {
    var entries: [String: SafetensorsFile.Entry] = [:]
    var metadata: [String: String]?
    guard bytes.first == UInt8(ascii: "{") else { throw bad("the header does not begin with {") }
    try object { scanner, key in
      if key == "__metadata__" {
        guard metadata == nil else { throw scanner.bad("__metadata__ is there twice") }
        metadata = try scanner.take("null") ? [:] : try scanner.strings()
        return
      }
      guard entries[key] == nil else { throw scanner.bad("the tensor is there twice", key) }
      guard entries.count < Header.mostEntries else {
        throw scanner.bad("more than \(Header.mostEntries) tensors")
      }
      entries[key] = try scanner.entry(key)
    }
    skipSpace()
    guard place == bytes.count else { throw bad("something follows the header's JSON") }
    return (entries, metadata ?? [:])
  }

  private mutating func entry(_ key: String) throws -> SafetensorsFile.Entry {
    var (type, shape, offsets): (String?, [Int]?, [Int]?)
    try object { scanner, field in
      switch field {
      case "dtype" where type == nil:
        type = try scanner.string()
      case "shape" where shape == nil: shape = try scanner.integers(key)
      case "data_offsets" where offsets == nil: offsets = try scanner.integers(key)
      case "dtype", "shape", "data_offsets":
        throw scanner.bad("\(field) is there twice", key)
      default: try scanner.skip(key)
      }
    }
    guard let type, let shape, let offsets else {
      throw bad("dtype, shape or data_offsets is missing", key)
    }
    guard offsets.count == 2, offsets[0] <= offsets[1] else {
      throw bad("data_offsets \(offsets) are not a beginning and an end", key)
    }
    return SafetensorsFile.Entry(typeName: type, shape: shape, range: offsets[0]..<offsets[1])
  }

  private mutating func strings() throws -> [String: String] {
    var pairs: [String: String] = [:]
    try object { scanner, key in
      guard pairs[key] == nil else { throw scanner.bad("the metadata \(key) is there twice") }
      pairs[key] = try scanner.string()
    }
    return pairs
  }

  // MARK: JSON

  private mutating func object(_ value: (inout Self, String) throws -> Void) throws {
    try expect("{")
    if try accept("}") { return }
    repeat {
      let key = try string()
      guard key.utf8.count <= Self.longestName else {
        throw bad("a name is longer than \(Self.longestName) bytes")
      }
      try expect(":")
      try value(&self, key)
    } while try accept(",")
    try expect("}")
  }

  /// Reads over any value; `NaN` and infinities are values, as Python writes them.
  private mutating func skip(_ key: String, _ depth: Int = 0) throws {
    guard depth < Self.deepest else { throw bad("a field is nested too deep", key) }
    skipSpace()
    switch place < bytes.count ? bytes[place] : 0 {
    case UInt8(ascii: "{"): try object { scanner, _ in try scanner.skip(key, depth + 1) }
    case UInt8(ascii: "["):
      place += 1
      if try accept("]") { return }
      repeat { try skip(key, depth + 1) } while try accept(",")
      try expect("]")
    case UInt8(ascii: "\""): _ = try string()
    default:
      let words: [StaticString] = ["true", "false", "null", "NaN", "Infinity", "-Infinity"]
      for word in words where try take(word) { return }
      let first = place
      while place < bytes.count, Self.isNumber(bytes[place]) { place += 1 }
      guard place > first else { throw bad("a value is expected at byte \(8 + place)", key) }
    }
  }

  private static func isNumber(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || [0x2b, 0x2d, 0x2e, 0x45, 0x65].contains(byte)
  }

  /// Reads over a word, where it stands next.
  private mutating func take(_ word: StaticString) throws -> Bool {
    skipSpace()
    let count = word.utf8CodeUnitCount
    guard place + count <= bytes.count else { return false }
    for i in 0..<count where bytes[place + i] != word.utf8Start[i] { return false }
    place += count
    return true
  }

  private mutating func integers(_ key: String) throws -> [Int] {
    var values: [Int] = []
    try expect("[")
    if try accept("]") { return [] }
    repeat {
      guard values.count < 16 else { throw bad("more than 16 numbers in a list", key) }
      values.append(try integer(key))
    } while try accept(",")
    try expect("]")
    return values
  }

  private mutating func integer(_ key: String) throws -> Int {
    skipSpace()
    var value: Int?
    while place < bytes.count, (48...57).contains(bytes[place]) {
      let (tens, over) = (value ?? 0).multipliedReportingOverflow(by: 10)
      let (sum, more) = tens.addingReportingOverflow(Int(bytes[place]) - 48)
      guard !over, !more else { throw bad("a number is too large", key) }
      value = sum
      place += 1
    }
    guard let value else { throw bad("a non-negative whole number is expected", key) }
    return value
  }

  private mutating func string() throws -> String {
    try expect("\"")
    var units: [UInt8] = []
    while place < bytes.count {
      let byte = bytes[place]
      place += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: units, as: UTF8.self) else {
          throw bad("a string is not UTF-8")
        }
        return text
      case UInt8(ascii: "\\"): units += try escape()
      case 0..<32: throw bad("a control character in a string")
      default: units.append(byte)
      }
    }
    throw bad("the header ends inside a string")
  }

  private mutating func escape() throws -> [UInt8] {
    guard place < bytes.count else { throw bad("the header ends inside a string") }
    let byte = bytes[place]
    place += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [8]
    case UInt8(ascii: "f"): return [12]
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "r"): return [13]
    case UInt8(ascii: "t"): return [9]
    case UInt8(ascii: "u"):
      var units = [try codeUnit()]
      if UTF16.isLeadSurrogate(units[0]), place + 1 < bytes.count,
        bytes[place] == UInt8(ascii: "\\"), bytes[place + 1] == UInt8(ascii: "u")
      {
        place += 2
        units.append(try codeUnit())
      }
      guard let text = String(validating: units, as: UTF16.self) else {
        throw bad("an escape is no character")
      }
      return Array(text.utf8)
    default: throw bad("an unknown escape in a string")
    }
  }

  private mutating func codeUnit() throws -> UInt16 {
    guard place + 4 <= bytes.count,
      let digits = String(validating: bytes[place..<place + 4], as: UTF8.self),
      digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
      let unit = UInt16(digits, radix: 16)
    else { throw bad("an escape is not four hexadecimal digits") }
    place += 4
    return unit
  }

  private mutating func expect(_ character: Unicode.Scalar) throws {
    guard try accept(character) else {
      throw bad("\(character) is expected at byte \(8 + place)")
    }
  }

  private mutating func accept(_ character: Unicode.Scalar) throws -> Bool {
    skipSpace()
    guard place < bytes.count else { throw bad("the header's JSON ends too early") }
    guard bytes[place] == UInt8(ascii: character) else { return false }
    place += 1
    return true
  }

  private mutating func skipSpace() {
    while place < bytes.count, [9, 10, 13, 32].contains(bytes[place]) { place += 1 }
  }

  private func bad(_ what: String, _ key: String? = nil) -> SafetensorsError {
    SafetensorsError(
      file: file, key: key, what: what,
      hint: "copy or download the file again; its header is damaged")
  }
}
