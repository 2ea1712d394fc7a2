import EditJobs
import Files
import Foundation
import JobStore
import Logging
import ResultFiles

extension Daemon {
  private var results: ResultFolder { ResultFolder(settings.folder.results) }

  /// Bytes of a source's maps over the whole run; 0 where they would be too many to be stored.
  func mapsEstimate(_ order: ClaimedOrder) -> Int64 {
    order.model.facts.storedMapBytes(of: order.source, quota: settings.mapsQuota)
  }

  /// Evicts what must go before a source's maps fit, and says how many bytes they may take.
  ///
  /// A source that would take more than a quarter of the quota stores none. Nothing waits for the
  /// quota: what does not fit is recomputed by the variants.
  func makeRoomForMaps(_ order: ClaimedOrder) throws(EditError) -> Int64 {
    guard order.isSource else {
      let bytes = MapFiles.bytes(results.source(order.sourceKey).maps)
      if bytes > 0 {
        try persist { () throws(EditError) in
          try store.setMaps(order.sourceKey, bytes: bytes, now: WallClock.now)
        }
      }
      return 0
    }
    let estimate = mapsEstimate(order)
    guard estimate > 0 else { return 0 }
    let stored = try persist { () throws(EditError) in try store.maps() }
    let inUse = stored.reduce(0) { $0 + $1.bytes } + reservedForMaps(except: order.token)
    let excess = inUse + estimate - settings.mapsQuota
    let freed = excess > 0 ? try evictMaps(toFree: excess) : 0
    return max(0, min(estimate + estimate / 8, settings.mapsQuota - (inUse - freed)))
  }

  /// What the sources that run now may still write.
  private func reservedForMaps(except token: Int64) -> Int64 {
    slots.values.compactMap(\.order)
      .filter { $0.claimed.isSource && $0.token != token }
      .reduce(0) { $0 + mapsEstimate($1.claimed) }
  }

  /// Evicts maps that no open variant needs, least recently used first; says how much that freed.
  func evictMaps(toFree bytes: Int64) throws(EditError) -> Int64 {
    if settings.keepsMaps { return 0 }
    var freed: Int64 = 0
    let stored = try persist { () throws(EditError) in try store.maps() }
    for row in stored where !row.hasOpenVariants && freed < bytes {
      if slots.values.contains(where: { $0.order?.claimed.sourceKey == row.source }) { continue }
      // The row first: a kill in between leaves files that the next start counts again.
      try persist { () throws(EditError) in
        try store.evictedMaps(row.source, now: WallClock.now)
      }
      MapFiles.remove(results.source(row.source).maps)
      logger.info("evicted the maps of \(row.source.short): \(row.bytes >> 20) MiB")
      freed += row.bytes
    }
    return freed
  }

  /// Writes down what a source's maps take.
  func measureMaps(of source: Key) throws(EditError) {
    let bytes = MapFiles.bytes(results.source(source).maps)
    try persist { () throws(EditError) in
      try store.setMaps(source, bytes: bytes, now: WallClock.now)
    }
  }

  /// At the start: the disk knows better than the table.
  func recountMaps() throws(EditError) {
    let known = Dictionary(
      try store.maps().map { ($0.source, $0.bytes) }, uniquingKeysWith: { first, _ in first })
    let names = (try? FileManager.default.contentsOfDirectory(atPath: results.sources)) ?? []
    var found: Set<Key> = []
    for key in names.compactMap({ Key(hex: $0) }) {
      let bytes = MapFiles.bytes(results.source(key).maps)
      if bytes > 0 { found.insert(key) }
      guard bytes != known[key] ?? 0, try store.unit(key) != nil else { continue }
      try store.setMaps(key, bytes: bytes, now: WallClock.now)
    }
    for key in known.keys where !found.contains(key) {
      try store.setMaps(key, bytes: 0, now: WallClock.now)
    }
  }
}
