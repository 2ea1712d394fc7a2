import Files
import Glibc

/// What the bytes of one file of a snapshot are against its name.
public struct BlobCheck: Sendable, Hashable {
  /// What was found.
  public enum Verdict: String, Sendable, Codable {
    /// The bytes have the hash that the blob is called by.
    case right
    /// They have another.
    case wrong
    /// The link points to nothing.
    case gone
    /// The link leaves the model's blobs, or there is a file in its place.
    case foreign
    /// The blob's name is no hash.
    case notVerifiable = "not verifiable"
  }

  /// The file.
  public let file: HubSnapshot.File
  /// What was found.
  public let verdict: Verdict

  /// Reads a file's blob and compares.
  ///
  /// - Parameter passed: is told of every piece of bytes, and may throw to end.
  /// - Throws: `EditError` where the blob cannot be read.
  public init(
    _ file: HubSnapshot.File, of snapshot: HubSnapshot, passed: (Int) throws -> Void = { _ in }
  ) throws {
    self.file = file
    guard let size = file.size else {
      verdict = .gone
      return
    }
    guard let name = file.blob else {
      verdict = .foreign
      return
    }
    var hash = BlobHash(name: name, size: size)
    guard hash.isVerifiable else {
      verdict = .notVerifiable
      return
    }
    let path = snapshot.cache.blob(name, of: snapshot.model)
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw EditError.hubCache("open", path, errno) }
    defer { close(descriptor) }
    try FileBytes.each(descriptor, path: path) { bytes in
      hash.update(bytes)
      try passed(bytes.count)
    }
    verdict = hash.isRight ? .right : .wrong
  }
}

/// Reads an open file in pieces.
public enum FileBytes {
  /// Hands over everything from the beginning, at most a megabyte at once.
  ///
  /// - Throws: `EditError` where reading fails, and what `body` throws.
  public static func each(
    _ descriptor: Int32, path: String, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    var offset = 0
    while true {
      let count = buffer.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress, $0.count, off_t(offset))
      }
      let code = errno
      if count < 0, code == EINTR { continue }
      guard count >= 0 else { throw EditError.hubCache("pread", path, code) }
      if count == 0 { return }
      offset += count
      try buffer.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
  }
}
