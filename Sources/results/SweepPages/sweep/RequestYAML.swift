import Planner

/// Writes a request, which the job table has as JSON, as the sweep file that asks for the same.
///
/// Scalars are taken over as they stand: a JSON string is a double-quoted YAML scalar, a JSON number a
/// YAML number; what YAML has no place for is written by its number.
struct RequestYAML {
  private let bytes: [UInt8]
  private var at = 0
  private var lines: [String] = []

  /// The text of the sweep file; the request itself where it is not JSON.
  static func text(_ json: String) -> String {
    var writer = RequestYAML(json)
    guard let value = writer.value(), writer.peek() == nil else { return json + "\n" }
    let file = RequestedSweep(value)
    writer.lines = file.comments.map { "# \($0)" }
    writer.write(.map(file.members), indent: 0, after: nil)
    return writer.lines.map { $0 + "\n" }.joined()
  }

  /// A JSON value, its scalars as they stand there.
  indirect enum Value {
    case scalar(String)
    case list([Value])
    case map([(String, Value)])
  }

  private init(_ json: String) { bytes = Array(YAMLText.escaped(json).utf8) }

  // MARK: Reading

  private mutating func peek() -> UInt8? {
    while at < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[at]) { at += 1 }
    return at < bytes.count ? bytes[at] : nil
  }

  private mutating func take(_ byte: Character) -> Bool {
    guard peek() == byte.asciiValue else { return false }
    at += 1
    return true
  }

  private mutating func value(depth: Int = 0) -> Value? {
    guard depth < 64, let next = peek() else { return nil }
    switch next {
    case UInt8(ascii: "{"):
      at += 1
      var pairs: [(String, Value)] = []
      while !take("}") {
        guard pairs.isEmpty || take(","), peek() == UInt8(ascii: "\""), let key = string(),
          take(":"), let value = value(depth: depth + 1)
        else { return nil }
        pairs.append((key, value))
      }
      return .map(pairs)
    case UInt8(ascii: "["):
      at += 1
      var items: [Value] = []
      while !take("]") {
        guard items.isEmpty || take(","), let item = value(depth: depth + 1) else { return nil }
        items.append(item)
      }
      return .list(items)
    case UInt8(ascii: "\""): return string().map(Value.scalar)
    default:
      let start = at
      let ends = Set(",]} \t\n\r".utf8)
      while at < bytes.count, !ends.contains(bytes[at]) { at += 1 }
      return at > start ? .scalar(String(decoding: bytes[start..<at], as: UTF8.self)) : nil
    }
  }

  /// A string with its quotes; `\\/`, which not every YAML has, is `/`.
  private mutating func string() -> String? {
    var text: [UInt8] = [UInt8(ascii: "\"")]
    at += 1
    while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
      guard bytes[at] == UInt8(ascii: "\\"), at + 1 < bytes.count else {
        text.append(bytes[at])
        at += 1
        continue
      }
      text += bytes[at + 1] == UInt8(ascii: "/") ? [bytes[at + 1]] : bytes[at...at + 1]
      at += 2
    }
    guard at < bytes.count else { return nil }
    at += 1
    return String(decoding: text + [UInt8(ascii: "\"")], as: UTF8.self)
  }

  // MARK: Writing

  /// Writes a value; `after` is the text of its own line so far, such as `- ` or `key:`.
  private mutating func write(_ value: Value, indent: Int, after head: String?) {
    let blanks = String(repeating: "  ", count: indent)
    switch value {
    case .scalar(let text): lines.append(head.map { "\($0) \(text)" } ?? blanks + text)
    case .list(let items) where items.isEmpty || items.allSatisfy(\.isScalar):
      let text = "[" + items.map(\.scalarText).joined(separator: ", ") + "]"
      lines.append(head.map { "\($0) \(text)" } ?? blanks + text)
    case .list(let items):
      if let head { lines.append(head) }
      for item in items { write(item, indent: indent + 1, after: blanks + "-") }
    case .map(let pairs) where pairs.isEmpty: lines.append(head.map { "\($0) {}" } ?? blanks + "{}")
    case .map(let pairs):
      if let head { lines.append(head) }
      for (key, value) in pairs {
        write(value, indent: indent + 1, after: "\(blanks)\(Self.plain(key)):")
      }
    }
  }

  /// A key without quotes where YAML cannot misread it.
  private static func plain(_ key: String) -> String {
    let inner = key.dropFirst().dropLast()
    let safe = inner.utf8.allSatisfy {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "_")
    }
    let words: Set<Substring> = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]
    return safe && !inner.isEmpty && !words.contains(inner) ? String(inner) : key
  }
}

extension RequestYAML.Value {
  var isScalar: Bool {
    if case .scalar = self { return true }
    return false
  }

  /// The scalar as JSON writes it; empty for anything else.
  var scalarText: String {
    if case .scalar(let text) = self { return text }
    return ""
  }
}
