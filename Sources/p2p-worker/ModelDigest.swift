import EditJobs
import Foundation
import Glibc
import ResultFiles
import StableDiffusion

/// The hash of a model: SHA-256 over the sorted (role, SHA-256) of the files that are loaded.
struct ModelDigest {
  private var cache: DigestCache
  private let beat: () -> Void

  /// Remembers hashes in the file `cache`; `beat` is called while it reads.
  init(cache: String?, beat: @escaping () -> Void = {}) {
    (self.cache, self.beat) = (DigestCache(path: cache ?? DigestCache.defaultPath), beat)
  }

  /// The digest of a model folder; throws `FileError`.
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
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else { throw FileError("fstat", path, errno) }
    let stamp = DigestCache.stamp(facts)
    if let known = cache[stamp] { return known }
    var builder = DigestBuilder()
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      let code = errno
      if count < 0 && code == EINTR { continue }
      guard count >= 0 else { throw FileError("read", path, code) }
      if count == 0 { break }
      buffer.withUnsafeBytes { builder.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      beat()
    }
    let digest = builder.finished()
    cache[stamp] = digest
    return digest
  }
}

/// Hashes of files by device, inode, size and time of change, in a JSON file that may be lost.
struct DigestCache {
  private let path: String?
  private var hashes: [String: Digest] = [:]
  private var hasChanged = false

  init(path: String?) {
    self.path = path
    guard let path, let data = try? Data(contentsOf: URL(filePath: path)) else { return }
    hashes = (try? JSONDecoder().decode([String: Digest].self, from: data)) ?? [:]
  }

  /// A file's identity.
  static func stamp(_ facts: stat) -> String {
    let time = "\(facts.st_mtim.tv_sec).\(facts.st_mtim.tv_nsec)"
    return "\(facts.st_dev) \(facts.st_ino) \(facts.st_size) \(time)"
  }

  /// In the user's cache folder; `nil` where there is none.
  static var defaultPath: String? {
    let environment = ProcessInfo.processInfo.environment
    if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") {
      return "\(cache)/p2p/digests.json"
    }
    guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
    return "\(home)/.cache/p2p/digests.json"
  }

  subscript(stamp: String) -> Digest? {
    get { hashes[stamp] }
    set {
      hashes[stamp] = newValue
      hasChanged = true
    }
  }

  /// Writes what is new; a cache that cannot be written costs time and nothing else.
  func save() {
    guard hasChanged, let path, let json = try? CanonicalJSON(hashes).text else { return }
    let url = URL(filePath: path)
    try? FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try? Data(json.utf8).write(to: url, options: .atomic)
  }
}
