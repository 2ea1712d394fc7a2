import Foundation
import Glibc

/// One model in the cache: its revisions and what they take.
public struct CachedModel: Sendable, Hashable {
  /// The model, at `main`.
  public let name: HubModelName
  /// The commits that branches and tags meant when they were last fetched.
  public let refs: [String: String]
  /// The commits that have a folder, sorted.
  public let commits: [String]
  /// Bytes of all blobs.
  public let bytes: Int64
  /// Bytes of downloads that are not finished.
  public let partialBytes: Int64
  /// When a blob was last written, in seconds since 1970; 0 where there is none.
  public let changed: Int64

  init(_ name: HubModelName, in cache: HubCache) {
    self.name = name
    let files = FileManager.default
    let folder = cache.folder(name)
    let all = files.enumerator(atPath: "\(folder)/refs")?.compactMap { $0 as? String } ?? []
    var refs: [String: String] = [:]
    for ref in all where HubPath(ref) != nil {
      refs[ref] = cache.commit(HubModelName(name, revision: ref))
    }
    self.refs = refs
    commits = ((try? files.contentsOfDirectory(atPath: "\(folder)/snapshots")) ?? [])
      .filter(HubModelName.isCommit).sorted()
    var (bytes, partial, changed): (Int64, Int64, Int64) = (0, 0, 0)
    for blob in (try? files.contentsOfDirectory(atPath: cache.blobs(name))) ?? [] {
      var facts = stat()
      guard stat(cache.blob(blob, of: name), &facts) == 0 else { continue }
      if blob.hasSuffix(".incomplete") {
        partial += Int64(facts.st_size)
      } else {
        bytes += Int64(facts.st_size)
        changed = max(changed, Int64(facts.st_mtim.tv_sec))
      }
    }
    (self.bytes, partialBytes, self.changed) = (bytes, partial, changed)
  }

  /// The branches and tags that mean a commit, sorted.
  public func refs(of commit: String) -> [String] {
    refs.filter { $0.value == commit }.keys.sorted()
  }
}
