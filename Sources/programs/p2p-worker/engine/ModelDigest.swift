import EditJobs
import Files
import Foundation
import Glibc
import StableDiffusion

/// The hash of a model: SHA-256 over the sorted (role, SHA-256) of the files that are loaded.
struct ModelDigest {
  private var cache: DigestCache
  private let beat: () -> Void

  /// Remembers hashes in the file `cache`; `beat` is called while it reads.
  init(cache: String?, beat: @escaping () -> Void = {}) {
    (self.cache, self.beat) = (DigestCache(path: cache ?? DigestCache.defaultPath), beat)
  }

  /// The digest of a model; throws `FileError`, and `model-changing` (transient) for a file that is
  /// written while it is read.
  mutating func digest(of model: ModelDescription) throws -> Digest {
    var form = CanonicalForm()
    for (role, path) in model.loadedFiles { form.set(role, try hash(path).description) }
    for (role, value) in model.settings { form.set(role, value) }
    cache.save()
    return form.digest
  }

  private mutating func hash(_ path: String) throws -> Digest {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("open", path, errno) }
    defer { close(descriptor) }
    let stamp = try Self.stamp(descriptor, path)
    if let known = cache[stamp] { return known }
    // Else a change right after the reading could have the same time.
    let isSettled = stamp.isSettled
    let digest = try read(descriptor, path)
    guard try Self.stamp(descriptor, path) == stamp else {
      throw EditError(
        "model-changing", .temporary, "\(path) is written while it is read",
        hint: "wait until it is whole")
    }
    if isSettled { cache[stamp] = digest }
    return digest
  }

  private func read(_ descriptor: Int32, _ path: String) throws -> Digest {
    var builder = DigestBuilder()
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      let code = errno
      if count < 0 && code == EINTR { continue }
      guard count >= 0 else { throw FileError("read", path, code) }
      if count == 0 { return builder.finished() }
      buffer.withUnsafeBytes { builder.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      beat()
    }
  }

  private static func stamp(_ descriptor: Int32, _ path: String) throws -> FileStamp {
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else { throw FileError("fstat", path, errno) }
    return FileStamp(facts)
  }
}
