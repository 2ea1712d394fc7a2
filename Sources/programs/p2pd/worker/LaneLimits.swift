import EditJobs

/// How many lanes the orders of a model may have, after one was too large for the memory.
///
/// Too little memory is often over soon: another program took it. So a lane comes back after good
/// orders of as many lanes as there may be, after one at first, after twice as many each time that
/// memory ran out again.
struct LaneLimits {
  private struct Limit {
    var lanes: Int
    /// Good orders before a lane comes back.
    var patience: Int
    var good = 0
  }

  private static let mostPatience = 64
  private var limits: [Digest: Limit] = [:]

  /// The most lanes of a model's orders.
  func lanes(_ model: Digest, most: Int) -> Int { min(most, limits[model]?.lanes ?? most) }

  /// An order of so many lanes ran out of memory: the most lanes from now on, and how many good
  /// orders bring one back. `nil` where one lane was too many.
  mutating func halve(_ model: Digest, lanes: Int) -> (lanes: Int, patience: Int)? {
    guard lanes > 1 else { return nil }
    // Units of one order may say it one by one.
    if let limit = limits[model], limit.lanes <= lanes / 2 { return (limit.lanes, limit.patience) }
    let patience = limits[model].map { min(2 * $0.patience, Self.mostPatience) } ?? 1
    limits[model] = Limit(lanes: lanes / 2, patience: patience)
    return (lanes / 2, patience)
  }

  /// An order of so many lanes went well: the most lanes from now on, where there is one more.
  mutating func worked(_ model: Digest, lanes: Int, most: Int) -> Int? {
    guard var limit = limits[model], limit.lanes < most, lanes >= limit.lanes else { return nil }
    limit.good += 1
    let isOver = limit.good >= limit.patience
    if isOver { (limit.lanes, limit.good) = (limit.lanes + 1, 0) }
    limits[model] = limit
    return isOver ? limit.lanes : nil
  }
}
