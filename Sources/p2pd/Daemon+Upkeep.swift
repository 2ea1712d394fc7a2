import EditJobs
import JobStore
import Logging

extension Daemon {
  /// Forgets old lines of the log, a piece at a time; what cannot be done now is done later.
  func pruneEvents() {
    do {
      pruned = try store.pruneEvents(now: wallClockMs())
      if pruned > 0 { logger.debug("\(pruned) old events forgotten") }
    } catch {
      if error.code != "busy" { logger.warning("the log is not pruned: \(error)") }
    }
  }

  /// Whoever drains a queue that is paused waits for somebody else: said once for each pause.
  func warnWhilePaused() {
    guard settings.goal == .drain, !isStopping, let overview, overview.open > 0,
      clock.isDue(.pause, every: .seconds(1))
    else { return }
    let reason: String?
    if overview.isPaused {
      reason = overview.pauseReason == nil ? "the queue is paused; p2p resume lets it go on" : nil
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
    let (now, longest) = (wallClockMs(), Verdicts.longestPause)
    guard due <= now || due > now + longest else { return }
    let released = try persist { () throws(EditError) in
      try store.releaseDue(now: now, longest: longest)
    }
    if released > 0 { noteChange() }
  }
}
