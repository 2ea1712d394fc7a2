import EditJobs
import ResultFiles

/// How far a unit's trajectory file reaches.
enum TrajectorySteps {
  /// Complete steps on disk of a source or of one of its variants; 0 where there is no file.
  ///
  /// A file that ends between the passes of a step counts the steps before; one of other arithmetic
  /// is none, since nothing goes on from it.
  static func complete(_ folder: UnitFolder, of source: SourceSpec) -> Int {
    let passes = TrajectoryReader.standingPasses(
      path: folder.trajectory, fingerprint: source.fingerprint)
    guard let passes else { return 0 }
    return folder.kind == .source
      ? source.completeSteps(at: passes)
      : source.sampler.completeSteps(after: passes, of: source.steps)
  }
}
