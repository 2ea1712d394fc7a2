import EditJobs
import JobStore
import Logging
import ResultFiles

extension Daemon {
  /// Every 30 seconds while short of room, else every 5: pauses and resumes the queue.
  func guardSpace() throws(EditError) {
    let short = space.isShort
    guard space.isFull || clock.isDue(.space, every: .seconds(short ? 30 : 5)) else { return }
    if space.isFull {
      space.isFull = false
      _ = clock.isDue(.space, every: .zero)
      return try pauseForSpace("a write met a full disk")
    }
    if let (folder, free, needed) = space.shortage(need: 0) {
      if !short { try pauseForSpace(Self.shortText(folder, free, needed)) }
    } else if short {
      try resumeFromSpace()
    }
  }

  /// Whether an order fits; pauses the queue where it does not.
  func hasRoom(for order: ClaimedOrder) throws(EditError) -> Bool {
    let need = diskNeed(order)
    guard let (folder, free, needed) = space.shortage(need: need) else { return true }
    // What nobody needs goes first.
    if order.isSource, try evictMaps(toFree: needed - free) > 0,
      space.shortage(need: need) == nil
    {
      return true
    }
    _ = clock.isDue(.space, every: .zero)
    try pauseForSpace(Self.shortText(folder, free, needed))
    return false
  }

  /// Bytes that an order writes at most: trajectories, pictures, and a source's maps.
  func diskNeed(_ order: ClaimedOrder) -> Int64 {
    let (source, facts) = (order.source, order.model.facts)
    let sums = Int64(facts.controlRows * facts.controlColumns * facts.textLength) * 4
    let perUnit =
      TrajectorySize(source, facts, isSource: order.isSource).bytes
      + Int64(source.width * source.height * 3) + 4 * sums
    return perUnit * Int64(order.units.count) + (order.isSource ? mapsEstimate(order) : 0)
  }

  private func pauseForSpace(_ text: String) throws(EditError) {
    space.isShort = true
    let reason = "\(SpaceGuard.reasonPrefix): \(text)"
    logger.error("\(reason)")
    _ = space.releaseBallast()
    if overview?.isPaused != true {
      do { try store.pause(reason: reason, now: wallClockMs()) } catch {
        // Not even the ballast's room was enough: we stay paused without having said it.
        logger.error("writing the pause down: \(error)")
      }
    }
    noteChange()
  }

  private func resumeFromSpace() throws(EditError) {
    space.isShort = false
    space.makeBallast()
    logger.notice("there is room again")
    if try store.overview().pauseReason?.hasPrefix(SpaceGuard.reasonPrefix) == true {
      try persist { () throws(EditError) in try store.resume(now: wallClockMs()) }
    }
    noteChange()
  }

  private static func shortText(_ folder: String, _ free: Int64, _ needed: Int64) -> String {
    "\(folder) has \(free >> 20) MiB free, \(needed >> 20) MiB are needed"
  }
}
