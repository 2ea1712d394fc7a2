import Files

/// The hash that names a blob, taken while its bytes pass.
///
/// 64 hexadecimal digits are the SHA-256 of the bytes; 40 are git's SHA-1, of `blob`, the size, a
/// zero and the bytes. Other names say nothing of the bytes.
public struct BlobHash {
  /// The name of the blob.
  public let name: String
  private var hash: ByteHash?

  /// Begins with nothing.
  ///
  /// - Parameter size: bytes of the whole blob.
  public init(name: String, size: Int64) {
    self.name = name
    let isHex = name.utf8.allSatisfy(\.isHexDigit)
    switch name.utf8.count {
    case 64 where isHex: hash = ByteHash(.sha256)
    case 40 where isHex:
      hash = ByteHash(.sha1)
      hash?.update(Array("blob \(size)\0".utf8))
    default: hash = nil
    }
  }

  /// Whether the name is a hash of the bytes.
  public var isVerifiable: Bool { hash != nil }

  /// Adds bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) { hash?.update(bytes) }

  /// The hash of everything so far in hexadecimal digits; `nil` where the name is no hash.
  public var value: String? { hash?.value.hexadecimal }

  /// Whether the bytes are those that the name promises, as far as it promises any.
  public var isRight: Bool { value.map { $0 == name } ?? true }

  /// Whether a text can name a blob: letters, digits, `.`, `_` and `-`, and no dot in front.
  public static func isLegal(name: String) -> Bool {
    name.utf8.count <= 128 && name.utf8.first.map { $0.isAlphanumeric } == true
      && name.utf8.allSatisfy { $0.isAlphanumeric || [45, 46, 95].contains($0) }
  }
}
