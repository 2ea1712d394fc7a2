import EditJobs
import ResultFiles

/// How far a unit's trajectory file reaches.
enum TrajectorySteps {
  /// Complete steps on disk of a source or of one of its variants; 0 where there is no file.
  ///
  /// A file that ends between the passes of a step counts the steps before.
  static func complete(_ folder: UnitFolder, of source: SourceSpec) -> Int {
    let passes = TrajectoryReader.standingPasses(path: folder.trajectory) ?? 0
    return source.sampler.completeSteps(after: passes, of: source.steps)
  }
}
