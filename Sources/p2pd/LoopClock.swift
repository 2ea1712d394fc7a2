/// When the loop last did what it does rarely.
struct LoopClock {
  private var last: [Duty: ContinuousClock.Instant] = [:]
  /// Something may have become ready since the last claim found nothing.
  var mayClaim = true
  /// We changed the table since the last look.
  var mustLook = true
  /// The job table's version at the last look; it changes by others' commits alone.
  var version: Int?

  /// What is not done at every turn.
  enum Duty: Hashable {
    case look, due, progress, space, present, status, prune, pause, inputs, barred, native
    case draw(Int64)
  }

  /// Whether a duty was last done so long ago; if so it counts as done now.
  mutating func isDue(_ duty: Duty, every interval: Duration) -> Bool {
    let now = ContinuousClock.now
    if let before = last[duty], before.duration(to: now) < interval { return false }
    last[duty] = now
    return true
  }
}
