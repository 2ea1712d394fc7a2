import EditJobs
import Files
import JobStore

/// What the daemon remembers of bad ends. The job table counts crashes of units; starts of models and
/// kills for memory concern no single unit and are counted here.
struct Verdicts {
  /// Starts in a row that fail a model's waiting units.
  static let startLimit = 3
  /// Milliseconds after which anything is tried again.
  static let longestPause: Int64 = 60_000

  private var deadStarts: [LoadedModel: Int] = [:]
  /// What too little memory left of the lanes.
  var laneLimits = LaneLimits()
  /// Models whose files are not those of their digest.
  var otherModels = OtherModels()
  private var pauses: [LoadedModel: ContinuousClock.Instant] = [:]
  private var crashes: [Key: Int] = [:]
  private var refusals: [LoadedModel: Int] = [:]
  /// Units that failed for good while this daemon ran.
  var failedUnits = 0

  /// A model's worker is ready.
  mutating func started(_ model: LoadedModel) {
    (deadStarts[model], pauses[model], refusals[model]) = (nil, nil, nil)
    otherModels.isRight(model)
  }

  /// A model's worker died before it was ready; whether that was once too often.
  mutating func diedAtStart(_ model: LoadedModel) -> Bool {
    let count = deadStarts[model, default: 0] + 1
    deadStarts[model] = count < Self.startLimit ? count : nil
    pauses[model] = .now + .milliseconds(500 * count)
    return count >= Self.startLimit
  }

  /// The worker's program is broken: nobody knows what the models would have done.
  mutating func forgetDeadStarts() { (deadStarts, pauses) = ([:], [:]) }

  /// Whether a model may be started now.
  func mayStart(_ model: LoadedModel) -> Bool { pauses[model].map { $0 <= .now } ?? true }

  /// When a unit that ended badly is tried again: at once where it gained a step, else 1 s, 2 s, 4 s …
  /// a minute later.
  mutating func next(_ key: Key, gained: Bool) -> Failure.Next {
    if gained {
      crashes[key] = nil
      return .again
    }
    let count = crashes[key, default: 0]
    crashes[key] = count + 1
    return .later(dueMs: Self.due(after: count))
  }

  /// When a model is started again that could not be served: 1 s, 2 s, 4 s … a minute later.
  mutating func nextStart(_ model: LoadedModel) -> Int64 {
    let count = refusals[model, default: 0]
    refusals[model] = count + 1
    return Self.due(after: count)
  }

  /// Models that could not be served may be started at once: what they lacked has changed.
  mutating func forgetRefusals() { refusals = [:] }

  private static func due(after count: Int) -> Int64 {
    WallClock.now + min(longestPause, 1000 << min(count, 6))
  }
}
