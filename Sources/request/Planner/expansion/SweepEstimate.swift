public import EditJobs
import ResultFiles

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
  /// Rows through the UNet for them: two a pass with guidance above 1, else one; one a step of an
  /// inversion and of a run that follows it; and those that make maps again.
  public var evaluations: Int
  /// `evaluations` by the model's digest.
  public var evaluationsByModel: [String: Int]
  /// Those of `evaluations` that make maps again which are too many to be stored.
  public var remadeEvaluations: Int
  /// What it would be if every variant ran from step 0.
  public var plainEvaluations: Int
  /// Evaluations of the published way: one run a cell that makes its source again.
  public var publishedEvaluations: Int
  /// Multiply-adds of `evaluations`.
  public var multiplyAdds: Double
  /// Bytes of the new sources' maps that are stored while variants need them.
  public var mapBytes: Int64
  /// Bytes of the maps that are not, because a source has too many: of sources with new units.
  public var unstoredMapBytes: Int64
  /// Bytes of what stays: pictures, trajectories, mean maps of new units. An estimate.
  public var diskBytes: Int64

  /// Estimates a submission.
  ///
  /// The facts in it must be of the submission's picture size.
  ///
  /// - Parameters:
  ///   - sharedSteps: steps that new variants do not run, because others have them; `nil` is what
  ///     they share among themselves.
  ///   - mapsQuota: what all maps may take on the disk.
  ///   - isKnown: whether a unit of this key is done or asked for already.
  ///   - lanes: how many variants of a source run at a time and share maps that are made again.
  public init(
    _ submission: Submission, sharedSteps: [Key: Int]? = nil, mapsQuota: Int64 = .max,
    isKnown: (Key) -> Bool = { _ in false },
    lanes: (ModelFacts, SourceSpec) -> Int = { _, _ in .max }
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
    let remade = RemadeMaps(submission, freshVariants, shared, mapsQuota, lanes)
    remadeEvaluations = remade.evaluations.values.reduce(0, +)
    plainEvaluations = runs.reduce(remade.plainEvaluations) { $0 + $1.evaluations }
    guidedSteps = runs.reduce(0) { $0 + $1.steps } - saved.reduce(0) { $0 + $1.steps }
    var work = remade.evaluations
    for run in runs { work[run.spec.model, default: 0] += run.evaluations }
    for one in saved { work[one.spec.model, default: 0] -= Self.saving(one.spec, one.steps) }
    evaluations = work.values.reduce(0, +)
    evaluationsByModel = Dictionary(
      uniqueKeysWithValues: work.map { ($0.key.description, $0.value) })
    publishedEvaluations =
      published.reduce(0) { $0 + 2 * $1.evaluationsOfVariant() }
      + Set(published).reduce(0) { $0 + Self.publishedInversion($1) }
    multiplyAdds = work.reduce(0) {
      $0 + Double($1.value) * Double(submission.facts($1.key)?.multiplyAdds ?? 0)
    }
    mapBytes = freshSources.reduce(0) { sum, source in
      sum
        + (submission.facts(source.spec.model)?
          .storedMapBytes(of: source.spec, quota: mapsQuota) ?? 0)
    }
    let wanted = Set(freshSources.map(\.key) + freshVariants.map(\.source))
    unstoredMapBytes = wanted.reduce(0) { sum, key in
      guard let spec = specs[key], let facts = submission.facts(spec.model) else { return sum }
      return facts.storedMapBytes(of: spec, quota: mapsQuota) > 0
        ? sum : sum + facts.mapBytes(of: spec)
    }
    diskBytes = runs.reduce(0) { sum, run in
      sum + (submission.facts(run.spec.model).map { Self.bytes(run, $0) } ?? 0)
    }
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

  /// Bytes that a finished unit keeps: its trajectory, mean maps, and a picture that the compressor
  /// leaves about two thirds of.
  private static func bytes(_ run: Run, _ model: ModelFacts) -> Int64 {
    let spec = run.spec
    let sums = 4 * model.textLength * model.controlRows * model.controlColumns
    return TrajectorySize(spec, model, isSource: run.isSource).bytes
      + Int64(sums + 2 * spec.width * spec.height)
  }
}
