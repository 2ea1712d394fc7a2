import EditJobs
import Files
import Foundation
import HubCache
import ModelHub
import Testing

/// A pull from a lying hub into a cache of its own.
final class PullUnderTest {
  let hub: LyingHub
  let home: String
  let cache: HubCache
  private(set) var events: [PullEvent] = []
  /// Seconds that a pull asked to wait; none is waited.
  private(set) var waits: [Double] = []
  /// Called in the place of each wait.
  var onWait: () -> Void = {}

  init(_ hub: LyingHub) throws {
    self.hub = hub
    home = FileManager.default.temporaryDirectory.appending(path: "hub-\(UUID())").path
    cache = HubCache("\(home)/hub")
    setenv("no_proxy", "127.0.0.1,localhost", 1)
  }

  deinit { try? FileManager.default.removeItem(atPath: home) }

  /// Pulls; a cancelled pull ends as Ctrl-C would end it.
  @discardableResult
  func pull(
    _ name: String = "org/mini", variant: String? = nil, token: String? = nil,
    environment: [String: String] = [:], isCancelled: @escaping () -> Bool = { false }
  ) throws -> PullReport {
    var variables = ["HF_ENDPOINT": hub.hub.address, "HF_HOME": home]
    variables["HF_TOKEN"] = token
    variables["HF_HUB_DOWNLOAD_TIMEOUT"] = "1"
    let settings = try HubSettings(HubEnvironment(variables.merging(environment) { $1 }))
    (events, waits) = ([], [])
    return try ModelPull(
      try HubModelName(typed: name), variant: variant, into: cache, settings: settings,
      isCancelled: isCancelled,
      pause: {
        self.waits.append($0)
        self.onWait()
      },
      events: { self.events.append($0) }
    ).run()
  }

  /// The error of a pull that is to fail.
  func refused(_ name: String = "org/mini", variant: String? = nil, token: String? = nil)
    -> EditError?
  {
    do {
      try pull(name, variant: variant, token: token)
      return nil
    } catch {
      return error as? EditError
    }
  }

  /// The files of the snapshot, by path.
  func files(_ repository: HubRepository = HubRepository()) throws -> [String: [UInt8]] {
    let snapshot = try #require(cache.snapshot(HubModelName(typed: repository.name)))
    var files: [String: [UInt8]] = [:]
    for file in snapshot.files {
      let bytes = try Data(contentsOf: URL(filePath: "\(snapshot.path)/\(file.path)"))
      files[file.path.description] = [UInt8](bytes)
    }
    return files
  }

  /// What a whole pull leaves.
  func expectWhole(_ repository: HubRepository = HubRepository()) throws {
    let files = try files(repository)
    #expect(files.keys.sorted() == HubRepository.needed)
    for (path, bytes) in files { #expect(bytes == repository.files[path], "\(path)") }
    #expect(partials.isEmpty)
  }

  /// Files that are not finished.
  var partials: [String] {
    let blobs = "\(cache.path)/models--org--mini/blobs"
    return ((try? FileManager.default.contentsOfDirectory(atPath: blobs)) ?? [])
      .filter { $0.hasSuffix(".incomplete") }
  }

  /// The reasons of files that were begun again.
  var restarts: [String] {
    events.compactMap { if case .restarted(_, let why) = $0 { why } else { nil } }
  }
}
