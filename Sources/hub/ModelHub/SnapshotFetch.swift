import Foundation
import HubCache

/// Puts files of one commit into the cache, one after the other.
struct SnapshotFetch {
  let hub: HubConnection
  let cache: HubCache
  let snapshot: HubSnapshot
  let pause: (Double) throws -> Void
  let events: (PullEvent) -> Void

  /// Bytes that are still to be fetched of some files.
  func missingBytes(of entries: [HubListing.Entry]) -> Int64 {
    entries.reduce(0) { sum, entry in
      let blob = cache.blob(entry.hash, of: snapshot.model)
      if isLinked(entry) || CacheFolder.size(of: blob) == entry.size { return sum }
      let partial = CacheFolder.size(of: Self.partial(blob)) ?? 0
      return sum + max(0, entry.size - partial)
    }
  }

  /// Fetches a file where it is missing, and links it.
  ///
  /// - Throws: `EditError`, `HubInterrupted`.
  func fetch(_ entry: HubListing.Entry, _ report: inout PullReport) throws {
    report.files += 1
    report.bytes += entry.size
    if isLinked(entry) { return events(.present(entry.path, size: entry.size)) }
    let refresh = { [hub, snapshot] in
      try RemoteFile(entry, commit: snapshot.commit, hub: hub)
    }
    let remote = try refresh()
    let blob = cache.blob(remote.blob, of: snapshot.model)
    let lock = try waiting(entry.path) {
      try CacheLock.attempt("\(cache.locks(snapshot.model))/\(remote.blob).lock")
    }
    try withExtendedLifetime(lock) {
      if CacheFolder.size(of: blob) == remote.size {
        events(.present(entry.path, size: entry.size))
      } else {
        try download(remote, to: blob, refresh, &report)
      }
      let link = "\(snapshot.path)/\(entry.path)"
      try CacheFolder.make(URL(filePath: link).deletingLastPathComponent().path)
      try CacheFolder.link(
        link, to: snapshot.target(remote.blob, of: entry.path), by: cache.locks(snapshot.model))
    }
  }

  private func download(
    _ remote: RemoteFile, to blob: String, _ refresh: @escaping () throws -> RemoteFile,
    _ report: inout PullReport
  ) throws {
    let partial = try waiting(remote.path) {
      try PartialFile(Self.partial(blob), blob: remote.blob, size: remote.size)
    }
    let had = partial.count
    events(.started(remote.path, size: remote.size, have: had))
    try BlobDownload(hub: hub, events: events, refresh: refresh).run(remote, into: partial)
    try partial.publish(as: blob)
    try CacheFolder.sync(cache.blobs(snapshot.model))
    report.fetched += partial.received
    let isVerified = BlobHash(name: remote.blob, size: remote.size).isVerifiable
    if !isVerified { report.notVerifiable.append(remote.path) }
    events(.finished(remote.path, size: remote.size, isVerified: isVerified))
  }

  /// Tries until something is given.
  private func waiting<Value>(_ path: HubPath, _ attempt: () throws -> Value?) throws -> Value {
    var isTold = false
    while true {
      if let value = try attempt() { return value }
      if !isTold { events(.waiting(path)) }
      isTold = true
      try pause(0.3)
    }
  }

  private func isLinked(_ entry: HubListing.Entry) -> Bool {
    let link = "\(snapshot.path)/\(entry.path)"
    return CacheFolder.target(of: link) != nil && CacheFolder.size(of: link) == entry.size
  }

  private static func partial(_ blob: String) -> String { "\(blob).p2p.incomplete" }
}
