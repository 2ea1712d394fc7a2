public import EditJobs
public import Files

/// A third of a run's steps, from the noise on.
public enum RunThird: String, Sendable, CaseIterable, Codable {
  case early, middle, late

  /// The steps of a run of so many: `[0, S/3)`, `[S/3, 2S/3)`, the rest.
  public func steps(of count: Int) -> Range<Int> {
    switch self {
    case .early: 0..<count / 3
    case .middle: count / 3..<2 * count / 3
    case .late: 2 * count / 3..<count
    }
  }

  /// The steps of a third, or of the whole run.
  ///
  /// - Throws: `third-empty` (65) where the run has too few.
  public static func steps(_ third: RunThird?, of count: Int) throws(EditError) -> Range<Int> {
    let span = third?.steps(of: count) ?? 0..<count
    guard !span.isEmpty else {
      throw EditError(
        "third-empty", .data, "a run of \(count) steps has no \(third?.rawValue ?? "") third",
        hint: "leave --third out")
    }
    return span
  }
}

/// The averaged cross-attention map of every token of a unit, over all steps or a third of them.
///
/// For a variant they are the maps after editing: what acted. The mean is over heads, the sites of
/// the control resolution in the down and up stages, and the steps.
public struct TokenMaps: Sendable, Hashable {
  /// Tokens of the window.
  public let tokens: Int
  /// Rows of a map.
  public let rows: Int
  /// Columns of a map.
  public let columns: Int
  /// Tokens × rows × columns, row-major.
  public let values: [Float]

  /// Takes values of shape (tokens, rows, columns).
  public init(tokens: Int, rows: Int, columns: Int, values: [Float]) {
    precondition(values.count == tokens * rows * columns, "values of another shape")
    (self.tokens, self.rows, self.columns, self.values) = (tokens, rows, columns, values)
  }

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

  /// The map of a word: the sum over its tokens, so the probability that falls on the word.
  public func map(of tokens: [Int]) -> HeatMap {
    let size = rows * columns
    var sum = [Float](repeating: 0, count: size)
    for token in tokens where token < self.tokens {
      for at in 0..<size { sum[at] += values[token * size + at] }
    }
    return HeatMap(rows: rows, columns: columns, values: sum)
  }
}
