/// Where a source or a variant stands. Every change goes through `after(_:)`.
public enum UnitState: String, Codable, Sendable, CaseIterable {
  /// Waits for a time: after a crash, or where no worker serves it now.
  case scheduled
  /// Waits for its source, or for its trunk to reach the fork.
  case blocked
  /// May be claimed.
  case ready
  /// A worker has it.
  case running
  /// Put aside at a step edge; goes on from there.
  case parked
  /// Its manifest is written.
  case done
  /// Given up, with a reason.
  case failed
  /// Nobody wants it.
  case cancelled

  /// Whether something may still happen by itself.
  public var isOpen: Bool {
    switch self {
    case .scheduled, .blocked, .ready, .running, .parked: true
    case .done, .failed, .cancelled: false
    }
  }

  /// The state after an event.
  ///
  /// - Throws: `IllegalTransition` where the event cannot happen in this state.
  public func after(_ event: UnitEvent) throws(IllegalTransition) -> UnitState {
    switch (self, event) {
    case (.scheduled, .due(let sourceDone)), (.failed, .retried(let sourceDone)),
      (.cancelled, .retried(let sourceDone)), (.done, .damaged(let sourceDone)):
      sourceDone ? .ready : .blocked
    case (.blocked, .unblocked): .ready
    case (.blocked, .sourceFailed), (.ready, .sourceFailed), (.parked, .sourceFailed),
      (.scheduled, .sourceFailed):
      .failed
    case (.ready, .sourceLost), (.parked, .sourceLost), (.scheduled, .sourceLost): .blocked
    case (.ready, .forked): .blocked
    case (.ready, .claimed): .running
    case (.running, .finished): .done
    case (.running, .stopped), (.ready, .paused): .parked
    case (.running, .notSplit): .blocked
    case (.parked, .released): .ready
    case (.running, .ended(.again)): .ready
    case (.running, .ended(.later)), (.ready, .postponed): .scheduled
    case (.running, .ended(.never)): .failed
    case (let state, .cancelled) where state.isOpen: .cancelled
    default: throw IllegalTransition(from: self, event: event)
    }
  }
}

/// What can happen to a unit.
public enum UnitEvent: Hashable, Sendable {
  /// What follows from an attempt that did not finish.
  public enum Verdict: String, Hashable, Sendable, CaseIterable {
    /// Try again at once.
    case again
    /// Try again after a while.
    case later
    /// Give up.
    case never
  }

  /// Its time has come.
  case due(sourceDone: Bool)
  /// What it waited for is there.
  case unblocked
  /// Its source was given up.
  case sourceFailed
  /// Its source's files are gone and will be made again.
  case sourceLost
  /// It shares steps with a trunk that has not made them yet.
  case forked
  /// No worker serves it now; it is tried again later.
  case postponed
  /// A worker took it.
  case claimed
  /// Its manifest is written.
  case finished
  /// Stopped at a step edge.
  case stopped
  /// Paused before it was claimed.
  case paused
  /// No longer paused.
  case released
  /// A fork whose trunk had not reached the split when the order ended.
  case notSplit
  /// The attempt ended without a result.
  case ended(Verdict)
  /// Nobody wants it any more.
  case cancelled
  /// Wanted again.
  case retried(sourceDone: Bool)
  /// Its manifest no longer verifies and somebody wants it.
  case damaged(sourceDone: Bool)
}

/// An event that cannot happen in a state: a bug of ours, or a stale message.
public struct IllegalTransition: Error, Sendable, CustomStringConvertible {
  /// The state.
  public let from: UnitState
  /// The event.
  public let event: UnitEvent

  /// What was tried.
  public var description: String { "\(event) cannot happen to a unit that is \(from.rawValue)" }
}
