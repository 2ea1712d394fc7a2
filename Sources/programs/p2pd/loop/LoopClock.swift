/// When the loop last did what it does rarely.
struct LoopClock {
  private var last: [Duty: ContinuousClock.Instant] = [:]
  /// Something may have become ready since the last claim found nothing.
  var mayClaim = true
  /// We changed the table since the last look.
  var mustLook = true
  /// Others changed it since sweeps without a page were looked for.
  var othersWrote = true
  /// What the daemon was started for may have been reached since that was asked last.
  var mayBeOver = true
  /// The job table's version at the last look; it changes by others' commits alone.
  var version: Int?

  /// What is not done at every turn.
  enum Duty: Hashable {
    case look, due, progress, space, roots, folder, status, prune, pause, inputs, barred, native
    case installation, unpresented, goal
  }

  /// Whether a duty was last done so long ago; if so it counts as done now.
  mutating func isDue(_ duty: Duty, every interval: Duration) -> Bool {
    let now = ContinuousClock.now
    if let before = last[duty], before.duration(to: now) < interval { return false }
    last[duty] = now
    return true
  }
}
