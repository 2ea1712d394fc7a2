import Files
import Foundation
public import HubCache

/// Brings a model from the hub into the cache: the files that a run reads, whole and checked.
///
/// Every file is put in place whole, and the ref last, so that a kill at any time leaves a cache
/// that is right, and partial files that the next pull goes on with.
public struct ModelPull {
  /// The model.
  public let model: HubModelName
  private let choice: NeededFiles.Choice
  private let variant: String?
  private let cache: HubCache
  private let settings: HubSettings
  private let isCancelled: () -> Bool
  private let pause: (Double) throws -> Void
  private let events: (PullEvent) -> Void

  /// - Parameters:
  ///   - variant: weights of a variant such as `fp16`; the plain ones where `nil`.
  ///   - isCancelled: asked about once a second; `true` ends the pull.
  ///   - pause: waits so many seconds, in the place of sleeping.
  ///   - events: is told what happens.
  public init(
    _ model: HubModelName, variant: String? = nil, into cache: HubCache, settings: HubSettings,
    isCancelled: @escaping () -> Bool = { false }, pause: ((Double) throws -> Void)? = nil,
    events: @escaping (PullEvent) -> Void = { _ in }
  ) {
    (self.model, self.cache, self.settings) = (model, cache, settings)
    self.variant = variant
    choice = variant.map { .variant($0) } ?? .plain
    (self.isCancelled, self.events) = (isCancelled, events)
    self.pause = pause ?? Retries.sleeping(unless: isCancelled)
  }

  /// Fetches what is missing.
  ///
  /// Where the hub cannot be reached or the network is switched off, a model that is here whole is
  /// enough.
  /// - Throws: `EditError`; `HubInterrupted`, after which the same pull goes on.
  public func run() throws -> PullReport {
    if let name = settings.offlineSwitch {
      return try fromCache(
        because: "\(name) is set",
        else: EditError(
          "hub-offline", .unavailable,
          "\(model) is not whole in the hub's cache, and \(name) forbids the network",
          details: ["the cache is \(cache.path)"], hint: "\(name)= p2p models pull \(model)"))
    }
    guard let session = HTTPSession(certificates: settings.certificates, isCancelled: isCancelled)
    else { throw EditError("hub-session", .software, "libcurl cannot be used") }
    let hub = HubConnection(model, settings: settings, session: session, pause: pause) {
      [events] in events(.retrying($0, seconds: $1))
    }
    let listing: HubListing
    do {
      listing = try HubListing(hub)
    } catch let error as EditError where error.code == "hub-unreachable" {
      return try fromCache(because: error.what, else: error)
    }
    return try fetch(listing, hub)
  }

  private func fromCache(because reason: String, else error: EditError) throws -> PullReport {
    guard let snapshot = cache.snapshot(model), snapshot.missing(variant: variant).isEmpty else {
      throw error
    }
    events(.note("\(reason): \(model) is taken as it is in the cache"))
    var report = PullReport(snapshot)
    for file in snapshot.files {
      report.files += 1
      report.bytes += file.size ?? 0
    }
    report.isFromCache = true
    return report
  }

  private func fetch(_ listing: HubListing, _ hub: HubConnection) throws -> PullReport {
    let needed = try NeededFiles(
      of: Array(listing.entries.keys), choice: choice, model: model.description)
    if !needed.withoutVariant.isEmpty {
      let names = needed.withoutVariant.joined(separator: ", ")
      events(.note("without weights of this variant, so the plain ones are taken: \(names)"))
    }
    try prepareFolders()
    var report = PullReport(cache.snapshot(model, commit: listing.commit))
    let files = SnapshotFetch(
      hub: hub, cache: cache, snapshot: report.snapshot, pause: pause, events: events)
    var paths = needed.small + needed.weights
    for index in needed.indices {
      try files.fetch(try entry(index, listing), &report)
      let document = "\(report.snapshot.path)/\(index)"
      let bytes = [UInt8](try Data(contentsOf: URL(filePath: document)))
      paths += try ShardIndex(bytes, at: index).shards
    }
    let entries = try paths.map { try entry($0, listing) }
    let missing = files.missingBytes(of: entries)
    try FreeSpace.check(missing, in: cache.path, for: model)
    events(
      .planned(
        commit: listing.commit, files: report.files + entries.count,
        bytes: entries.reduce(report.bytes) { $0 + $1.size }, missing: missing))
    for entry in entries { try files.fetch(entry, &report) }
    if !model.isCommit {
      let ref = cache.ref(model)
      try CacheFolder.make(URL(filePath: ref).deletingLastPathComponent().path)
      try CacheFolder.write(listing.commit, to: ref, by: cache.locks(model))
    }
    return report
  }

  private func entry(_ path: HubPath, _ listing: HubListing) throws -> HubListing.Entry {
    guard let entry = listing.entries[path] else {
      throw EditError(
        "file-not-found", .missing, "\(model) has no file \(path), which its index lists")
    }
    return entry
  }

  private func prepareFolders() throws {
    try CacheFolder.make(cache.blobs(model))
    try CacheFolder.make(cache.locks(model))
    let tag = "\(cache.path)/CACHEDIR.TAG"
    guard CacheFolder.size(of: tag) == nil else { return }
    // What backup programs look for: see bford.info/cachedir.
    try CacheFolder.write(
      "Signature: 8a477f597d28d172789f06886806bc55\n", to: tag, by: cache.locks(model))
  }
}
