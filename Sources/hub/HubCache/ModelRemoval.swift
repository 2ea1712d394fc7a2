public import Files
import Foundation
import Glibc

/// What goes when revisions of a model are removed from the cache.
public struct ModelRemoval: Sendable {
  /// The model.
  public let model: HubModelName
  /// The commits that go.
  public let commits: [String]
  /// The blobs that no other commit links to.
  public let blobs: [String]
  /// Bytes that become free.
  public let bytes: Int64
  /// Whether nothing of the model stays.
  public let isWhole: Bool
  private let refs: [String]
  private let cache: HubCache

  /// Plans a removal; nothing is touched.
  ///
  /// - Parameter revision: one revision; all where `nil`.
  /// - Throws: `model-missing` (66).
  public init(
    _ model: HubModelName, revision: String?, in cache: HubCache
  ) throws(EditError) {
    let cached = CachedModel(model, in: cache)
    (self.model, self.cache) = (model, cache)
    let all = cached.commits
    let folders = (try? FileManager.default.contentsOfDirectory(atPath: cache.folder(model))) ?? []
    if let revision {
      let named = HubModelName(model, revision: revision)
      guard let commit = cache.commit(named), all.contains(commit) else {
        throw Self.missing(named, cache)
      }
      commits = [commit]
    } else {
      guard !folders.isEmpty else { throw Self.missing(model, cache) }
      commits = all
    }
    isWhole = commits == all
    refs = cached.refs.filter { [commits] in commits.contains($0.value) }.keys.sorted()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: cache.blobs(model))) ?? []
    var linked: Set<String> = []
    var kept: Set<String> = []
    for commit in all {
      let files = cache.snapshot(model, commit: commit).files.compactMap(\.blob)
      if commits.contains(commit) { linked.formUnion(files) } else { kept.formUnion(files) }
    }
    blobs = (isWhole ? names : names.filter { linked.contains($0) && !kept.contains($0) }).sorted()
    bytes = blobs.reduce(0) { $0 + (CacheFolder.size(of: cache.blob($1, of: model)) ?? 0) }
  }

  private static func missing(_ model: HubModelName, _ cache: HubCache) -> EditError {
    EditError(
      "model-missing", .missing, "no model \(model) in the hub's cache \(cache.path)",
      hint: "p2p models list")
  }

  /// Removes: refs first, then links, then blobs, so that nothing names what is gone.
  ///
  /// - Throws: `model-busy` (75) where somebody fetches one of the blobs; `not-allowed` (77).
  public func run() throws(EditError) {
    try CacheFolder.make(cache.locks(model))
    var locks: [CacheLock] = []
    defer { withExtendedLifetime(locks) {} }
    for name in Set(blobs.map { $0.split(separator: ".").first.map(String.init) ?? $0 }) {
      guard let lock = try CacheLock.attempt("\(cache.locks(model))/\(name).lock") else {
        throw EditError(
          "model-busy", .temporary, "\(model.repository) is being fetched by another process",
          hint: "wait until it is done")
      }
      locks.append(lock)
    }
    for ref in refs { try remove("\(cache.folder(model))/refs/\(ref)") }
    for commit in commits {
      try remove(cache.snapshot(model, commit: commit).path)
      try remove("\(cache.folder(model))/trees/\(commit).json")
      try remove("\(cache.folder(model))/.no_exist/\(commit)")
    }
    for blob in blobs { try remove(cache.blob(blob, of: model)) }
    guard isWhole else { return }
    try remove(cache.folder(model))
    try remove(cache.locks(model))
  }

  private func remove(_ path: String) throws(EditError) {
    guard (try? FileManager.default.attributesOfItem(atPath: path)) != nil else { return }
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      throw EditError(
        "not-allowed", .notAllowed,
        "\(path) cannot be removed: \((error as NSError).localizedDescription)")
    }
  }
}
