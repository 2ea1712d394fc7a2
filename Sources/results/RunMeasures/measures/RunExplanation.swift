public import EditJobs

/// What happened in a variant's run, step by step, as its trajectory and its source's tell.
public struct RunExplanation: Sendable, Hashable {
  /// A complete step.
  public struct Step: Sendable, Hashable, Codable {
    /// Its number, from 0.
    public var step: Int
    /// Columns of maps taken from the source, per site; sites that took none are left out.
    public var injected: [String: Int]
    /// The share of the picture where the variant may differ, where a blend acted.
    public var maskArea: Double?
    /// Root of the mean squared difference of the latents after it; `nil` without the source's.
    public var distance: Double?
    /// The smallest sum over the tokens of an edited cross map at one position, mean over sites and
    /// heads of the control resolution; 1 where nothing is re-weighted or mixed.
    public var smallestRow: Double
    /// The largest such sum.
    public var largestRow: Double

    private enum CodingKeys: String, CodingKey {
      case step, injected, distance
      case maskArea = "mask_area"
      case smallestRow = "row_sum_min"
      case largestRow = "row_sum_max"
    }
  }

  /// The complete steps, as far as the variant's file reaches.
  public let steps: [Step]
  /// The sites in call order.
  public let sites: [String]
  /// Whether the run has ended.
  public let isComplete: Bool

  /// Columns taken from the source over all steps and sites (law 6).
  public var injected: Int { steps.reduce(0) { $0 + $1.injected.values.reduce(0, +) } }

  /// Reads two trajectories; `nil` where the variant's says nothing.
  public init?(
    _ edit: ResolvedEdit, sampler: SamplerKind, source: (any RecordedRun)?,
    variant: any RecordedRun
  ) {
    guard let header = variant.header, var before = variant.record(0) else { return nil }
    sites = header.sites
    // Other arithmetic's source says nothing of this run.
    let source = source.flatMap { $0.header?.fingerprint == header.fingerprint ? $0 : nil }
    let masks = source.flatMap {
      BlendHistory(edit, sampler: sampler, source: $0, variant: variant)
    }
    let areas = Dictionary(
      (masks?.steps ?? []).map { ($0.step, $0.mask.area) }, uniquingKeysWith: { first, _ in first })
    var (pass, steps): (Int, [Step]) = (0, [])
    for step in 0..<edit.steps {
      let passes = (pass + 1)...(pass + sampler.passes(ofStep: step, of: edit.steps))
      pass = passes.upperBound
      guard let after = variant.record(pass) else { break }
      let rows = Self.rows(before.sums, after.sums, header.sums)
      steps.append(
        Step(
          step: step, injected: Self.injected(passes, variant, header), maskArea: areas[step],
          distance: source?.latents(pass).map { LatentDistance.between($0, after.latents) },
          smallestRow: rows.smallest, largestRow: rows.largest))
      before = after
    }
    self.steps = steps
    isComplete = steps.count == edit.steps
  }

  private static func injected(
    _ passes: ClosedRange<Int>, _ variant: any RecordedRun, _ header: TrajectoryHeader
  ) -> [String: Int] {
    var counts: [String: Int] = [:]
    for pass in passes {
      for (site, count) in zip(header.sites, variant.record(pass)?.injected ?? []) where count > 0 {
        counts[site, default: 0] += Int(count)
      }
    }
    return counts
  }

  /// The smallest and the largest sum over the tokens of what a step added to the running sums.
  private static func rows(
    _ before: [Float], _ after: [Float], _ shape: [Int]
  ) -> (smallest: Double, largest: Double) {
    let (tokens, positions) = (shape[0], shape[1] * shape[2])
    let sums = (0..<positions).map { position in
      (0..<tokens).reduce(0.0) { sum, token in
        let at = token * positions + position
        return sum + Double(after[at]) - Double(before[at])
      }
    }
    return (sums.min() ?? 0, sums.max() ?? 0)
  }
}
