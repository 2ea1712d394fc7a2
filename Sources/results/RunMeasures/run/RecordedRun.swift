/// A run as its records tell it, pass by pass: a trajectory file that was read.
public protocol RecordedRun: Sendable {
  /// What the run says of itself; `nil` where nothing of it can be believed.
  var header: TrajectoryHeader? { get }
  /// The number of the last record; `nil` without any.
  var pass: Int? { get }
  /// The state after `pass` passes; `nil` where there is no record of it.
  func record(_ pass: Int) -> TrajectoryRecord?
  /// The latents after `pass` passes, (channels, height, width); `nil` where there is no record of them.
  func latents(_ pass: Int) -> [Float]?
}
