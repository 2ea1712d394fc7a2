import EditJobs
import Files
import Foundation
import JobStore
import Logging
import ResultFiles

extension Daemon {
  /// Puts right what the last daemon left, before anything is claimed; may be begun again.
  func start() throws(EditError) {
    identity = FolderIdentity(settings.folder)
    try store.quickCheck()
    let now = WallClock.now
    let lost = try store.settle(now: now) { _, key in stepsOnDisk(key) }
    if !lost.isEmpty { logger.notice("\(lost.count) units were running when the last daemon died") }
    try store.release(now: now)
    try writeCPUs()
    askWorker()
    removeOlderTemporaries()
    try recountMaps()
    space.makeBallast()
    try inheritHindrance()
    targets = []
    if case .until(let names) = settings.goal {
      for name in names { targets.append(try store.resolve(name)) }
    }
    beginDemand()
    stale.formUnion(try store.uncomparedSweeps())
    tellTable()
    logger.notice(
      "serving \(settings.folder.path)",
      metadata: [
        "results": "\(settings.folder.results)", "workers": "\(settings.workers)",
        "threads": "\(settings.threads)", "memory": "\(settings.memory >> 20) MiB",
      ])
  }

  /// Complete steps in a unit's trajectory file; 0 where there is none.
  nonisolated func stepsOnDisk(_ key: Key) -> Int {
    guard let unit = try? store.unit(key),
      let source = try? store.sourceSpec(unit.source ?? key)
    else { return 0 }
    let results = ResultFolder(settings.folder.results)
    return TrajectorySteps.complete(
      unit.kind == .source ? results.source(key) : results.variant(key), of: source)
  }

  /// Removes the folder in which older programs began their files: now these stand beside their places
  /// and are removed by the next who writes there.
  private func removeOlderTemporaries() {
    let folder = "\(settings.folder.results)/tmp"
    // A worker that is about to notice its daemon's death may still write there.
    let limit = Date(timeIntervalSinceNow: -10)
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
      let path = "\(folder)/\(name)"
      let facts = try? FileManager.default.attributesOfItem(atPath: path)
      if let date = facts?[.modificationDate] as? Date, date > limit { continue }
      try? FileManager.default.removeItem(atPath: path)
    }
    rmdir(folder)
  }
}
