import EditJobs
import Foundation
import JobStore
import Logging
import ResultFiles

extension Daemon {
  /// Puts right what the last daemon left, before anything is claimed.
  func start() throws(EditError) {
    try store.quickCheck()
    let now = wallClockMs()
    let lost = try store.settle(now: now) { _, key in stepsOnDisk(key) }
    if !lost.isEmpty { logger.notice("\(lost.count) units were running when the last daemon died") }
    try store.release(now: now)
    try writeCPUs()
    askForNative()
    cleanTemporary()
    try recountMaps()
    space.makeBallast()
    if try store.overview().pauseReason?.hasPrefix(SpaceGuard.reasonPrefix) == true {
      // Looked at again at the first turn of the loop.
      space.isShort = true
    }
    if case .until(let names) = settings.goal {
      for name in names { targets.append(try store.resolve(name)) }
    }
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

  /// Removes what publishing left half-written: nobody else writes there now but a worker that is
  /// about to notice its daemon's death.
  private func cleanTemporary() {
    let folder = settings.folder.temporary
    let limit = Date(timeIntervalSinceNow: -10)
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
      let path = "\(folder)/\(name)"
      let facts = try? FileManager.default.attributesOfItem(atPath: path)
      if let date = facts?[.modificationDate] as? Date, date > limit { continue }
      try? FileManager.default.removeItem(atPath: path)
    }
  }
}
