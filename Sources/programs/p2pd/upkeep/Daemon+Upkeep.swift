import EditJobs
import Files
import Foundation
import JobStore
import Logging
import ResultFiles

extension Daemon {
  /// Forgets old lines of the log, a piece at a time; what cannot be done now is done later.
  func pruneEvents() {
    do {
      pruned = try store.pruneEvents(now: WallClock.now)
      if pruned > 0 { logger.debug("\(pruned) old events forgotten") }
    } catch {
      if error.code != "busy" { say(.pruning, "the log is not pruned: \(error)") }
    }
  }

  /// Removes photographs that were brought in more than a day ago and that nothing names: their
  /// request was refused, or its program ended before it was written.
  func cleanInputs() {
    let results = ResultFolder(settings.folder.results)
    DurableFile.removeUnfinished(in: results.inputs, age: 3600)
    let limit = Date(timeIntervalSinceNow: -86_400)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: results.inputs)) ?? []
    func isOld(_ digest: Digest) -> Bool {
      let facts = try? FileManager.default.attributesOfItem(atPath: results.input(digest))
      return (facts?[.modificationDate] as? Date).map { $0 < limit } ?? false
    }
    let old = Set(names.compactMap { Digest(hex: $0) }.filter(isOld))
    do {
      try store.removeInputs(old) { digest in
        // Whoever brings it in again makes it young before it is enqueued.
        guard isOld(digest), unlink(results.input(digest)) == 0 else { return }
        logger.info("removed a photograph that nothing names: \(digest)")
      }
    } catch {
      if error.code != "busy" { say(.inputs, "photographs are not looked through: \(error)") }
    }
  }

  /// Whoever drains a queue that is paused waits for somebody else: said once for each pause.
  func warnWhilePaused() {
    guard settings.goal == .drain, !isStopping, let pulse,
      clock.isDue(.pause, every: .seconds(1)), (try? store.openUnits()) ?? 0 > 0
    else { return }
    let reason: String?
    if pulse.isPaused {
      reason = pulse.pauseReason == nil ? "the queue is paused; p2p resume lets it go on" : nil
    } else {
      let sweeps = (try? store.pausedSweeps()) ?? []
      let isIdle = !slots.values.contains { $0.order != nil } && waiting.isEmpty
      reason = isIdle && !sweeps.isEmpty ? sweeps.sentence : nil
    }
    if let reason, reason != pauseSaid { logger.warning("\(reason)") }
    pauseSaid = reason
  }
}

extension Daemon {
  /// Units whose time has come, or lies further ahead than anything waits: a clock that was set back.
  func release(due: Int64) throws(EditError) {
    let (now, longest) = (WallClock.now, Verdicts.longestPause)
    guard due <= now || due > now + longest else { return }
    let released = try persist { () throws(EditError) in
      try store.releaseDue(now: now, longest: longest)
    }
    if released > 0 { noteChange() }
  }
}
