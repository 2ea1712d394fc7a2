/// Names a unit by what decides its bytes: equal keys promise equal bytes.
public struct Key: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
  /// The hash of the unit's canonical form.
  public let digest: Digest

  /// Takes a hash.
  public init(_ digest: Digest) { self.digest = digest }
  /// Reads 64 hexadecimal digits.
  public init?(hex: String) {
    guard let digest = Digest(hex: hex) else { return nil }
    self.digest = digest
  }

  /// 64 hexadecimal digits: the name of the unit's folder.
  public var description: String { digest.description }
  /// The first eight digits, for people.
  public var short: String { String(description.prefix(8)) }

  /// Orders by bytes.
  public static func < (left: Key, right: Key) -> Bool { left.digest < right.digest }

  /// Reads the hexadecimal form.
  public init(from decoder: any Decoder) throws { digest = try Digest(from: decoder) }
  /// Writes the hexadecimal form.
  public func encode(to encoder: any Encoder) throws { try digest.encode(to: encoder) }
}

/// Sorted `name=value` lines whose hash is a key. Never JSON: a form of our own, to the byte.
public struct CanonicalForm {
  private var lines: [String: String] = [:]

  /// Starts empty.
  public init() {}

  /// Sets a text; backslash and newline are escaped.
  public mutating func set(_ name: String, _ value: String) {
    precondition(lines[name] == nil, "\(name) is set twice")
    // Hardly any value has something to escape.
    guard value.utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\n") })
    else {
      lines[name] = value
      return
    }
    var text = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      default: text.unicodeScalars.append(scalar)
      }
    }
    lines[name] = text
  }

  /// Sets a whole number.
  public mutating func set(_ name: String, _ value: Int) { set(name, String(value)) }

  /// Sets a number as the hexadecimal digits of its bits; −0 counts as 0.
  public mutating func set(_ name: String, _ value: Double) { set(name, Self.bits(value)) }

  /// A number as the hexadecimal digits of its bits; −0 counts as 0.
  public static func bits(_ value: Double) -> String {
    String((value == 0 ? 0 : value).bitPattern, radix: 16)
  }

  /// The lines in the order of their names' bytes, each ended by a newline.
  public var text: String {
    lines.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      .map { "\($0.key)=\($0.value)\n" }.joined()
  }

  /// The hash of `text`.
  public var digest: Digest { Digest(of: text.utf8) }
}
