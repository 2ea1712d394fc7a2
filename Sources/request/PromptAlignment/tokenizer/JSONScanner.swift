/// Reads the JSON of a tokenizer's file by its grammar, without a tree in memory: `tokenizer.json` has
/// megabytes and is read at every start of a command. Foundation's decoder makes a tree, and tells no
/// byte at which a file is damaged.
///
/// `NaN`, `Infinity` and `-Infinity` are values, as Python writes them.
struct JSONScanner {
  /// What is wrong, and at which byte.
  struct Fault: Error {
    var what: String
    var offset: Int
  }

  private static let words: [StaticString] = ["true", "false", "null"]
  /// What Python writes where there is no number.
  private static let numbers: [StaticString] = ["NaN", "Infinity", "-Infinity"]
  /// Deeper than any such file.
  private static let deepest = 64

  private let bytes: UnsafeBufferPointer<UInt8>
  private var at = 0
  /// The UTF-8 of the string that was read last, escapes resolved.
  private(set) var text: [UInt8] = []

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// Reads a whole file by `body`; white space alone may follow.
  static func read<Value>(
    _ bytes: [UInt8], _ body: (inout JSONScanner) throws(Fault) -> Value
  ) throws(Fault) -> Value {
    let result = bytes.withUnsafeBufferPointer { buffer -> Result<Value, Fault> in
      var scanner = JSONScanner(buffer)
      do throws(Fault) {
        let value = try body(&scanner)
        guard scanner.next() == nil else { throw scanner.fault("something follows the object") }
        return .success(value)
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// A fault at the present byte.
  func fault(_ what: String) -> Fault { Fault(what: what, offset: min(at, bytes.count)) }

  /// The next byte that is not white space.
  mutating func next() -> UInt8? {
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

  /// Reads an object; `member` reads each value, when `text` has its name.
  mutating func object(_ member: (inout JSONScanner) throws(Fault) -> Void) throws(Fault) {
    try expect(UInt8(ascii: "{"))
    try members(until: UInt8(ascii: "}")) { scanner throws(Fault) in
      try scanner.string()
      try scanner.expect(UInt8(ascii: ":"))
      try member(&scanner)
    }
  }

  /// Reads a list; `element` reads each of its values.
  mutating func array(_ element: (inout JSONScanner) throws(Fault) -> Void) throws(Fault) {
    try expect(UInt8(ascii: "["))
    try members(until: UInt8(ascii: "]"), element)
  }

  private mutating func members(
    until end: UInt8, _ member: (inout JSONScanner) throws(Fault) -> Void
  ) throws(Fault) {
    if next() == end {
      at += 1
      return
    }
    while true {
      try member(&self)
      let separator = next()
      at += 1
      if separator == end { return }
      guard separator == UInt8(ascii: ",") else {
        throw fault("a comma or \(Character(UnicodeScalar(end))) is missing")
      }
    }
  }

  /// Reads a whole number that is not negative; `nil` for what Python writes where there is none.
  mutating func integer() throws(Fault) -> Int32? {
    switch next() {
    case UInt8(ascii: "N"), UInt8(ascii: "I"), UInt8(ascii: "-"):
      for word in Self.numbers where take(word) { return nil }
    default: break
    }
    var value: Int32 = 0
    let first = at
    while at < bytes.count, case let digit = bytes[at], digit >= 0x30, digit <= 0x39 {
      guard value < 100_000_000 else { throw fault("the number is too big") }
      value = value * 10 + Int32(digit - 0x30)
      at += 1
    }
    guard at > first else { throw fault("a whole number is missing") }
    return value
  }

  /// Reads `true` or `false`.
  mutating func bool() throws(Fault) -> Bool {
    _ = next()
    if take("true") { return true }
    if take("false") { return false }
    throw fault("true or false is missing")
  }

  /// Reads `null`; false where something else stands there, which is not read.
  mutating func null() -> Bool {
    _ = next()
    return take("null")
  }

  /// Reads a string, which must be UTF-8.
  mutating func words() throws(Fault) -> String {
    try string()
    guard let words = String(validating: text, as: UTF8.self) else {
      throw fault("a string is not UTF-8")
    }
    return words
  }

  /// Reads any value and forgets it.
  mutating func skip(_ depth: Int = 0) throws(Fault) {
    guard depth < Self.deepest else { throw fault("it is nested too deep") }
    switch next() {
    case UInt8(ascii: "{"):
      try object { scanner throws(Fault) in try scanner.skip(depth + 1) }
    case UInt8(ascii: "["): try array { scanner throws(Fault) in try scanner.skip(depth + 1) }
    case UInt8(ascii: "\""): try string()
    default:
      for word in Self.words + Self.numbers where take(word) { return }
      let first = at
      while at < bytes.count, Self.isNumber(bytes[at]) { at += 1 }
      guard at > first else { throw fault("a value is missing") }
    }
  }

  private static func isNumber(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || [0x2b, 0x2d, 0x2e, 0x45, 0x65].contains(byte)
  }

  private mutating func take(_ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard at + count <= bytes.count else { return false }
    for i in 0..<count where bytes[at + i] != word.utf8Start[i] { return false }
    at += count
    return true
  }

  // MARK: strings

  /// Reads a string into `text`.
  mutating func string() throws(Fault) {
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
