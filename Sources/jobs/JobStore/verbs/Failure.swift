/// How an attempt ended, in the job table's words.
public enum AttemptOutcome: String, Codable, Sendable, CaseIterable {
  /// The unit is done.
  case done
  /// Stopped at a step edge.
  case parked
  /// The worker died.
  case crashed
  /// The worker fell silent.
  case hung
  /// The worker said that it cannot go on.
  case failed
  /// Nobody wanted it any more.
  case cancelled
  /// The daemon died.
  case lost
}

/// An attempt that did not finish, and what shall follow.
public struct Failure: Sendable, Hashable {
  /// What shall follow.
  public enum Next: Sendable, Hashable {
    /// Try again at once.
    case again
    /// Try again at a time; wall-clock milliseconds.
    case later(dueMs: Int64)
    /// Give up.
    case never
  }

  /// A stable name, e.g. `nan-in-latents`.
  public var code: String
  /// What a person reads.
  public var message: String
  /// Complete steps that stand in the unit's file.
  public var step: Int
  /// How the attempt ended: `crashed`, `hung` or `failed`.
  public var outcome: AttemptOutcome
  /// What shall follow, unless this was the third at the same step.
  public var next: Next
  /// Whether it counts against the unit; a crash among several units never does.
  public var counts: Bool

  /// Describes a failure.
  public init(
    code: String, message: String, step: Int, outcome: AttemptOutcome, next: Next,
    counts: Bool = true
  ) {
    (self.code, self.message, self.step) = (code, message, step)
    (self.outcome, self.next, self.counts) = (outcome, next, counts)
  }

  /// Failures at one step that poison a unit.
  public static let limit = 3
}
