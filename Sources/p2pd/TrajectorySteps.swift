import ResultFiles

/// How far a unit's trajectory file reaches.
enum TrajectorySteps {
  /// Complete steps of a unit on disk; 0 where there is no file.
  ///
  /// DDIM has one pass a step.
  static func complete(_ folder: UnitFolder) -> Int {
    TrajectoryReader.standingPasses(path: folder.trajectory) ?? 0
  }
}
