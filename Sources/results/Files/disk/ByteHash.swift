import CLibCrypto
import Glibc

/// A hash of bytes that come in pieces, made by libcrypto.
///
/// It is a value: a copy goes on by itself. Where libcrypto makes no hash, because memory is out or its
/// configuration forbids the function, nothing that follows could be believed: its reason is said on
/// standard error, and the process is aborted.
public struct ByteHash {
  /// What is computed.
  public enum Function: Sendable {
    /// SHA-256, 32 bytes.
    case sha256
    /// SHA-1, 20 bytes: names of git's blobs.
    case sha1
  }

  /// libcrypto's state, which is freed with the last value that has it.
  private final class Context {
    let state: OpaquePointer

    init() {
      guard let state = EVP_MD_CTX_new() else { ByteHash.stop("have memory") }
      self.state = state
    }

    convenience init(copying other: Context) {
      self.init()
      guard EVP_MD_CTX_copy_ex(state, other.state) == 1 else { ByteHash.stop("copy a hash") }
    }

    deinit { EVP_MD_CTX_free(state) }
  }

  private var context = Context()

  /// Starts with nothing.
  public init(_ function: Function) {
    let method = function == .sha256 ? EVP_sha256() : EVP_sha1()
    guard EVP_DigestInit_ex(context.state, method, nil) == 1 else { Self.stop("begin a hash") }
  }

  /// Adds bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
    if !isKnownUniquelyReferenced(&context) { context = Context(copying: context) }
    guard EVP_DigestUpdate(context.state, start, bytes.count) == 1 else { Self.stop("go on") }
  }

  /// Adds bytes.
  public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

  /// The hash of everything so far.
  public var value: [UInt8] {
    let last = Context(copying: context)
    var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    guard EVP_DigestFinal_ex(last.state, &bytes, &count) == 1 else { Self.stop("end a hash") }
    return Array(bytes.prefix(Int(count)))
  }

  private static func stop(_ what: String) -> Never {
    var text = [CChar](repeating: 0, count: 256)
    ERR_error_string_n(ERR_get_error(), &text, text.count)
    let reason = String(
      decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    StandardStream.note("libcrypto does not \(what): \(reason)")
    abort()
  }
}
