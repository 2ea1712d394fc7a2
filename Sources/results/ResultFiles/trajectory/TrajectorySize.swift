public import EditJobs
import RunMeasures

/// What a unit's trajectory file takes, known before it is run: an upper bound that differs from the file
/// by what the sampler does not remember yet in its first passes.
public struct TrajectorySize: Sendable, Hashable {
  /// Bytes of one record at most.
  public let record: Int64
  /// Records of a whole run.
  public let records: Int

  /// Bytes of the whole file at most.
  public var bytes: Int64 { Int64(TrajectoryHeader.byteCount) + Int64(records) * record }

  /// Counts for a run of some shapes.
  ///
  /// - Parameters:
  ///   - latents: channels, height and width of the latents.
  ///   - sums: tokens, rows and columns of the running sum.
  ///   - sites: attention sites.
  ///   - remembered: the most tensors of the latents' size that the sampler carries along.
  public init(latents: [Int], sums: [Int], sites: Int, remembered: Int, records: Int) {
    let (latents, sums) = (latents.reduce(1, *), sums.reduce(1, *))
    let head = RecordCoding.headCount + RecordCoding.tailCount + RecordCoding.countsCount
    record = Int64(
      head + 4 * (latents + sums + sites)
        + remembered * (4 * latents + RecordCoding.tensorHeadCount))
    self.records = records
  }

  /// Counts for a source, or for a variant of it; the facts are of the source's picture size.
  public init(_ source: SourceSpec, _ model: ModelFacts, isSource: Bool) {
    let factor = max(model.vaeFactor, 1)
    self.init(
      latents: [model.latentChannels, source.height / factor, source.width / factor],
      sums: [model.textLength, model.controlRows, model.controlColumns], sites: model.sites.count,
      remembered: source.sampler.rememberedLatents,
      records: source.sampler.passes(steps: source.steps) + 1
        + (isSource ? source.inversionSteps : 0))
  }
}
