/// Reads `vocab.json`: one flat JSON object from token texts to ids, and nothing else.
struct VocabularyScanner {
  /// What is wrong, and at which byte.
  struct Fault: Error {
    var what: String
    var offset: Int
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private var at = 0
  private var text: [UInt8] = []

  private init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// The table of a file's bytes.
  static func table(_ bytes: [UInt8]) throws(Fault) -> ByteTable {
    let result = bytes.withUnsafeBufferPointer { buffer -> Result<ByteTable, Fault> in
      var scanner = VocabularyScanner(buffer)
      do throws(Fault) { return .success(try scanner.object()) } catch { return .failure(error) }
    }
    return try result.get()
  }

  private mutating func object() throws(Fault) -> ByteTable {
    // An entry takes at least six bytes of JSON: "a":1,
    var table = ByteTable(capacity: bytes.count / 6 + 1, bytes: bytes.count)
    try expect(UInt8(ascii: "{"))
    if next() == UInt8(ascii: "}") { return table }
    while true {
      try string()
      try expect(UInt8(ascii: ":"))
      let id = try integer()
      guard text.withUnsafeBufferPointer({ table.insert($0, id) }) else {
        throw Fault(what: "a token stands there twice", offset: at)
      }
      let separator = next()
      at += 1
      if separator == UInt8(ascii: "}") { break }
      guard separator == UInt8(ascii: ",") else { throw fault("a comma or } is missing") }
    }
    guard next() == nil else { throw fault("something follows the object") }
    return table
  }

  private func fault(_ what: String) -> Fault { Fault(what: what, offset: min(at, bytes.count)) }

  /// The next byte that is not white space.
  private mutating func next() -> UInt8? {
    while at < bytes.count {
      switch bytes[at] {
      case 0x20, 0x09, 0x0a, 0x0d: at += 1
      default: return bytes[at]
      }
    }
    return nil
  }

  private mutating func expect(_ byte: UInt8) throws(Fault) {
    guard next() == byte else {
      throw fault("\(Character(UnicodeScalar(byte))) is missing")
    }
    at += 1
  }

  private mutating func integer() throws(Fault) -> Int32 {
    _ = next()
    var value: Int32 = 0
    let first = at
    while at < bytes.count, case let digit = bytes[at], digit >= 0x30, digit <= 0x39 {
      guard value < 100_000_000 else { throw fault("the id is too big") }
      value = value * 10 + Int32(digit - 0x30)
      at += 1
    }
    guard at > first else { throw fault("a token's id is not a whole number") }
    return value
  }

  /// Reads a string into `text`, escapes resolved.
  private mutating func string() throws(Fault) {
    try expect(UInt8(ascii: "\""))
    text.removeAll(keepingCapacity: true)
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      switch byte {
      case UInt8(ascii: "\""): return
      case UInt8(ascii: "\\"): try escape()
      default: text.append(byte)
      }
    }
    throw fault("the file ends inside a string")
  }

  private mutating func escape() throws(Fault) {
    guard at < bytes.count else { throw fault("the file ends inside a string") }
    let byte = bytes[at]
    at += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(8)
    case UInt8(ascii: "f"): text.append(12)
    case UInt8(ascii: "n"): text.append(10)
    case UInt8(ascii: "r"): text.append(13)
    case UInt8(ascii: "t"): text.append(9)
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if code >> 10 == 0x36, at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"),
        bytes[at + 1] == UInt8(ascii: "u")
      {
        at += 2
        let low = try hexadecimal()
        code = 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff)
      }
      guard let scalar = UnicodeScalar(code) else { throw fault("half a surrogate pair") }
      text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    default: throw fault("an unknown escape")
    }
  }

  private mutating func hexadecimal() throws(Fault) -> UInt32 {
    guard at + 4 <= bytes.count,
      let code = UInt32(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16)
    else { throw fault("four hexadecimal digits are missing") }
    at += 4
    return code
  }
}
