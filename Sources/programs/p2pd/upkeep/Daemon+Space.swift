import EditJobs
import Files
import JobStore
import Logging
import ResultFiles

extension Daemon {
  /// Every 30 seconds while short of room, else every 5: pauses and resumes the queue.
  func guardSpace() throws(EditError) {
    let isShort = hindrances[.space] != nil
    guard space.isFull || clock.isDue(.space, every: .seconds(isShort ? 30 : 5)) else { return }
    let shortage = space.shortage(need: .none)
    if space.isFull {
      space.isFull = false
      _ = clock.isDue(.space, every: .zero)
      return try hinder(.space, shortage?.text ?? "a write met a full disk")
    }
    if let shortage {
      if !isShort { try hinder(.space, shortage.text) }
    } else {
      try clear(.space, "there is room again")
    }
  }

  /// Whether an order fits; pauses the queue where it does not.
  func hasRoom(for order: ClaimedOrder) throws(EditError) -> Bool {
    let need = diskNeed(order)
    guard let shortage = space.shortage(need: need) else { return true }
    // What nobody needs goes first.
    if order.isSource, try evictMaps(toFree: shortage.missingBytes) > 0,
      space.shortage(need: need) == nil
    {
      return true
    }
    _ = clock.isDue(.space, every: .zero)
    try hinder(.space, shortage.text)
    return false
  }

  /// What an order writes at most: trajectories, pictures, and a source's maps.
  func diskNeed(_ order: ClaimedOrder) -> DiskNeed {
    let (source, facts) = (order.source, order.model.facts)
    let sums = Int64(facts.controlRows * facts.controlColumns * facts.textLength) * 4
    let perUnit =
      TrajectorySize(source, facts, isSource: order.isSource).bytes
      + Int64(source.width * source.height * 3) + 4 * sums
    let units = Int64(order.units.count)
    return DiskNeed(
      bytes: perUnit * units + (order.isSource ? mapsEstimate(order) : 0),
      files: DiskNeed.filesPerUnit * units + (order.isSource ? Int64(source.totalSteps) * 2 : 0))
  }
}
