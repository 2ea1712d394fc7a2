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
  /// Steps that all new units run: a source's whole run, of a variant what it shares with no other.
  public var guidedSteps: Int
  /// `guidedSteps` by the model's digest.
  public var stepsByModel: [String: Int]
  /// Rows through the UNet for them: two a pass with guidance above 1, else one.
  public var evaluations: Int
  /// What it would be if every variant ran from step 0.
  public var plainEvaluations: Int
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
  /// - Parameters:
  ///   - isKnown: whether a unit of this key is done or asked for already.
  ///   - sharedSteps: steps that new variants do not run, because others have them; `nil` is what
  ///     they share among themselves.
  public init(
    _ submission: Submission, sharedSteps: [Key: Int]? = nil,
    isKnown: (Key) -> Bool = { _ in false }
  ) {
    let freshSources = submission.sources.filter { !isKnown($0.key) }
    let freshVariants = submission.variants.filter { !isKnown($0.key) }
    let specs = Dictionary(
      submission.sources.map { ($0.key, $0.spec) }, uniquingKeysWith: { first, _ in first })
    let runs =
      freshSources.map { Run(spec: $0.spec, isSource: true) }
      + freshVariants.compactMap { specs[$0.source].map { Run(spec: $0, isSource: false) } }
    let owners = Dictionary(
      submission.variants.map { ($0.key, $0.source) }, uniquingKeysWith: { first, _ in first })
    let published = submission.cells.compactMap { owners[$0.variant].flatMap { specs[$0] } }

    cells = submission.cells.count { $0.role == .cell }
    reprompts = submission.cells.count - cells
    (variants, newVariants) = (submission.variants.count, freshVariants.count)
    (sources, newSources) = (submission.sources.count, freshSources.count)
    let shared = sharedSteps ?? Self.sharedSteps(freshVariants)
    let saved = freshVariants.compactMap { variant in
      specs[variant.source].map { (spec: $0, steps: shared[variant.key] ?? 0) }
    }
    plainEvaluations = runs.reduce(0) { $0 + $1.evaluations }
    guidedSteps = runs.reduce(0) { $0 + $1.steps } - saved.reduce(0) { $0 + $1.steps }
    evaluations =
      plainEvaluations - saved.reduce(0) { $0 + Self.saving($1.spec, $1.steps) }
    publishedEvaluations =
      published.reduce(0) { $0 + 2 * $1.evaluationsOfVariant() }
      + Set(published).reduce(0) { $0 + Self.publishedInversion($1) }
    func work(_ spec: SourceSpec, _ evaluations: Int) -> Double {
      Double(evaluations) * Double(submission.facts(spec.model)?.multiplyAdds ?? 0)
    }
    multiplyAdds =
      runs.reduce(0) { $0 + work($1.spec, $1.evaluations) }
      - saved.reduce(0) { $0 + work($1.spec, Self.saving($1.spec, $1.steps)) }
    mapBytes = freshSources.reduce(0) { sum, source in
      let pass = submission.facts(source.spec.model)?.mapBytesPerPass ?? 0
      let passes = source.spec.sampler.passes(steps: source.spec.steps)
      return sum + pass * Int64(passes * (source.spec.maps == .f32 ? 2 : 1))
    }
    diskBytes = runs.reduce(0) { sum, run in
      sum + (submission.facts(run.spec.model).map { Self.bytes(run, $0) } ?? 0)
    }
    var steps: [String: Int] = [:]
    for run in runs { steps[run.spec.model.description, default: 0] += run.steps }
    for one in saved { steps[one.spec.model.description, default: 0] -= one.steps }
    stepsByModel = steps
  }

  /// A new unit's run.
  private struct Run {
    var spec: SourceSpec
    var isSource: Bool

    var steps: Int { isSource ? spec.totalSteps : spec.steps }
    var evaluations: Int { isSource ? spec.evaluations : spec.evaluationsOfVariant() }
  }

  /// What the first steps of a variant cost, which it has from another.
  private static func saving(_ spec: SourceSpec, _ steps: Int) -> Int {
    spec.evaluationsOfVariant() - spec.evaluationsOfVariant(sharing: steps)
  }

  /// What published code evaluates once for a photograph: its inversion, and where that is direct a run
  /// of two branches and two rows to find how far each step is off.
  private static func publishedInversion(_ spec: SourceSpec) -> Int {
    spec.inversionSteps
      + (spec.photograph?.inversion == .direct ? 2 * spec.evaluationsOfVariant() : 0)
  }

  private static func sharedSteps(_ variants: [Submission.Variant]) -> [Key: Int] {
    let families = Dictionary(grouping: variants) {
      Submission.Family(source: $0.source, prompt: $0.edit.prompt)
    }
    var shared: [Key: Int] = [:]
    for family in families.values {
      let tree = RunTree(
        family.map { RunTree.Variant(key: $0.key, signatures: $0.signatures) })
      for (key, trunk) in tree.trunks { shared[key] = trunk.step }
    }
    return shared
  }

  /// Bytes that a finished unit keeps: a record a pass with latents of four channels, what the
  /// sampler remembers and a map sum, mean maps, and a picture that the compressor leaves about two
  /// thirds of.
  private static func bytes(_ run: Run, _ model: ModelFacts) -> Int64 {
    let spec = run.spec
    let factor = max(model.vaeFactor, 1)
    let latents =
      (1 + spec.sampler.rememberedLatents) * 4 * 4 * (spec.width / factor) * (spec.height / factor)
    let sums = 4 * model.textLength * model.controlRows * model.controlColumns
    let record = latents + sums + 4 * model.sites.count + 128
    let records =
      spec.sampler.passes(steps: spec.steps) + 1 + (run.isSource ? spec.inversionSteps : 0)
    return Int64(record * records + sums + 2 * spec.width * spec.height + 4096)
  }
}
