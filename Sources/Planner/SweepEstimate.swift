public import EditJobs

/// What a sweep costs before it runs.
public struct SweepEstimate: Sendable, Hashable, Codable {
  /// Cells of the grid, without re-prompts.
  public var cells: Int
  /// Re-prompts beside it.
  public var reprompts: Int
  /// Variants, each once.
  public var variants: Int
  /// Variants that nobody has made or asked for yet.
  public var newVariants: Int
  /// Sources, each once.
  public var sources: Int
  /// Sources that nobody has made or asked for yet.
  public var newSources: Int
  /// Steps of all new units: a source's and a variant's whole runs.
  public var guidedSteps: Int
  /// `guidedSteps` by the model's digest.
  public var stepsByModel: [String: Int]
  /// Rows through the UNet for them: two a pass with guidance above 1, else one.
  public var evaluations: Int
  /// Evaluations of the published way: one run a cell that makes its source again.
  public var publishedEvaluations: Int
  /// Multiply-adds of `evaluations`.
  public var multiplyAdds: Double
  /// Bytes of the new sources' maps while variants need them.
  public var mapBytes: Int64
  /// Bytes of what stays: pictures, trajectories, mean maps of new units. An estimate.
  public var diskBytes: Int64

  /// Estimates a submission.
  ///
  /// The facts in it must be of the submission's picture size.
  ///
  /// - Parameter isKnown: whether a unit of this key is done or asked for already.
  public init(_ submission: Submission, isKnown: (Key) -> Bool = { _ in false }) {
    let freshSources = submission.sources.filter { !isKnown($0.key) }
    let freshVariants = submission.variants.filter { !isKnown($0.key) }
    let specs = Dictionary(
      submission.sources.map { ($0.key, $0.spec) }, uniquingKeysWith: { first, _ in first })
    let runs =
      freshSources.map(\.spec) + freshVariants.compactMap { specs[$0.source] }
    let owners = Dictionary(
      submission.variants.map { ($0.key, $0.source) }, uniquingKeysWith: { first, _ in first })
    let published = submission.cells.compactMap { owners[$0.variant].flatMap { specs[$0] } }

    cells = submission.cells.count { $0.role == .cell }
    reprompts = submission.cells.count - cells
    (variants, newVariants) = (submission.variants.count, freshVariants.count)
    (sources, newSources) = (submission.sources.count, freshSources.count)
    guidedSteps = runs.reduce(0) { $0 + $1.steps }
    evaluations = runs.reduce(0) { $0 + Self.evaluations($1) }
    publishedEvaluations = published.reduce(0) { $0 + 2 * Self.evaluations($1) }
    multiplyAdds = runs.reduce(0) { sum, spec in
      let each = submission.facts(spec.model)?.multiplyAdds ?? 0
      return sum + Double(Self.evaluations(spec)) * Double(each)
    }
    mapBytes = freshSources.reduce(0) { sum, source in
      let pass = submission.facts(source.spec.model)?.mapBytesPerPass ?? 0
      let passes = source.spec.sampler.passes(steps: source.spec.steps)
      return sum + pass * Int64(passes * (source.spec.maps == .f32 ? 2 : 1))
    }
    diskBytes = runs.reduce(0) { sum, spec in
      sum + (submission.facts(spec.model).map { Self.bytes(spec, $0) } ?? 0)
    }
    stepsByModel = runs.reduce(into: [:]) { $0[$1.model.description, default: 0] += $1.steps }
  }

  private static func evaluations(_ spec: SourceSpec) -> Int {
    spec.sampler.passes(steps: spec.steps) * (spec.guidance > 1 ? 2 : 1)
  }

  /// Bytes that a finished unit keeps: a record a pass with latents of four channels, what the
  /// sampler remembers and a map sum, mean maps, and a picture that the compressor leaves about two
  /// thirds of.
  private static func bytes(_ spec: SourceSpec, _ model: ModelFacts) -> Int64 {
    let factor = max(model.vaeFactor, 1)
    let latents =
      (1 + spec.sampler.rememberedLatents) * 4 * 4 * (spec.width / factor) * (spec.height / factor)
    let sums = 4 * model.textLength * model.controlRows * model.controlColumns
    let record = latents + sums + 4 * model.sites.count + 128
    let records = spec.sampler.passes(steps: spec.steps) + 1
    return Int64(record * records + sums + 2 * spec.width * spec.height + 4096)
  }
}
