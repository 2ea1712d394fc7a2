public import EditJobs

extension NoiseSchedule {
  /// The numbers of steps up to `most` that a sampler makes, as rising ranges.
  ///
  /// Every number is tried: spacing, offset and equal noise leave gaps that no formula of ours says.
  public func possibleSteps(of sampler: SamplerKind, upTo most: Int) -> [ClosedRange<Int>] {
    var ranges: [ClosedRange<Int>] = []
    for steps in 1...max(most, 1) where (try? sampler.make(steps: steps, self)) != nil {
      if let last = ranges.last, last.upperBound == steps - 1 {
        ranges[ranges.count - 1] = last.lowerBound...steps
      } else {
        ranges.append(steps...steps)
      }
    }
    return ranges
  }
}
