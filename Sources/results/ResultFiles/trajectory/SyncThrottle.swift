/// Brings the trajectories of all lanes to the disk together, at most once in a while.
///
/// Writeback is started on all of them first and then waited for: one after the other costs ten times
/// as much. A kill loses nothing either way; a power cut loses at most `interval`, or a step.
public struct SyncThrottle {
  private let interval: Duration
  private var last: ContinuousClock.Instant

  /// Syncs at most every `interval`.
  public init(interval: Duration = .milliseconds(200)) {
    self.interval = interval
    last = .now
  }

  /// Syncs where the time has come; throws `FileError`.
  public mutating func syncIfDue(_ writers: [TrajectoryWriter]) throws {
    guard last.duration(to: .now) >= interval else { return }
    try sync(writers)
  }

  /// Syncs now; throws `FileError`.
  public mutating func sync(_ writers: [TrajectoryWriter]) throws {
    for writer in writers { writer.startSync() }
    for writer in writers { try writer.sync() }
    last = .now
  }
}
