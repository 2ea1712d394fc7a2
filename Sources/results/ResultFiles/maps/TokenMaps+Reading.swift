public import EditJobs
public import Files
public import RunMeasures

extension TokenMaps {
  /// Reads the maps of a unit that is done.
  ///
  /// All steps are in the file of mean maps; a third is the difference of two running sums in the
  /// trajectory.
  /// - Throws: `no-maps` (66) where the records are not there; `third-empty` (65).
  public init(
    _ unit: UnitFolder, third: RunThird?, steps: Int, sampler: SamplerKind
  ) throws(EditError) {
    guard let third else {
      guard let maps = try? MeanMaps(path: unit.meanMaps) else {
        throw Self.missing(unit.meanMaps)
      }
      self.init(
        tokens: maps.shape[0], rows: maps.shape[1], columns: maps.shape[2], values: maps.values)
      return
    }
    let span = try RunThird.steps(third, of: steps)
    guard let reader = try? TrajectoryReader(path: unit.trajectory),
      let shape = reader.header?.sums,
      let before = reader.record(sampler.passes(completing: span.lowerBound, of: steps)),
      let after = reader.record(sampler.passes(completing: span.upperBound, of: steps))
    else { throw Self.missing(unit.trajectory) }
    let count = Float(span.count)
    self.init(
      tokens: shape[0], rows: shape[1], columns: shape[2],
      values: zip(after.sums, before.sums).map { ($0 - $1) / count })
  }

  private static func missing(_ path: String) -> EditError {
    EditError(
      "no-maps", .missing, "there are no averaged maps in \(path)",
      details: ["they are written when a unit is done; trajectories may have been cleaned up"],
      hint: "p2p status")
  }
}
