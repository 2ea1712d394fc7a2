import Crypto

/// The hash that names a blob, taken while its bytes pass.
///
/// 64 hexadecimal digits are the SHA-256 of the bytes; 40 are git's SHA-1, of `blob`, the size, a
/// zero and the bytes. Other names say nothing of the bytes.
public struct BlobHash {
  private enum State {
    case sha256(SHA256)
    case git(Insecure.SHA1)
    case none
  }

  /// The name of the blob.
  public let name: String
  private var state: State

  /// Begins with nothing.
  ///
  /// - Parameter size: bytes of the whole blob.
  public init(name: String, size: Int64) {
    self.name = name
    let isHex = name.utf8.allSatisfy(\.isHexDigit)
    switch name.utf8.count {
    case 64 where isHex: state = .sha256(SHA256())
    case 40 where isHex:
      var hash = Insecure.SHA1()
      hash.update(data: Array("blob \(size)\0".utf8))
      state = .git(hash)
    default: state = .none
    }
  }

  /// Whether the name is a hash of the bytes.
  public var isVerifiable: Bool {
    if case .none = state { return false }
    return true
  }

  /// Adds bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    switch state {
    case .sha256(var hash):
      state = .none
      hash.update(bufferPointer: bytes)
      state = .sha256(hash)
    case .git(var hash):
      state = .none
      hash.update(bufferPointer: bytes)
      state = .git(hash)
    case .none: break
    }
  }

  /// The hash of everything so far in hexadecimal digits; `nil` where the name is no hash.
  public var value: String? {
    switch state {
    case .sha256(let hash): Self.hex(hash.finalize())
    case .git(let hash): Self.hex(hash.finalize())
    case .none: nil
    }
  }

  /// Whether the bytes are those that the name promises, as far as it promises any.
  public var isRight: Bool { value.map { $0 == name } ?? true }

  /// Whether a text can name a blob: letters, digits, `.`, `_` and `-`, and no dot in front.
  public static func isLegal(name: String) -> Bool {
    name.utf8.count <= 128 && name.utf8.first.map { $0.isAlphanumeric } == true
      && name.utf8.allSatisfy { $0.isAlphanumeric || [45, 46, 95].contains($0) }
  }

  private static func hex(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
