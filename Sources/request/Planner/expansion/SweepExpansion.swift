public import EditJobs
public import Files
public import PromptAlignment

/// A request made into a submission: every cell resolved and checked, sources and variants each once.
public struct SweepExpansion: Sendable {
  /// What is written to the job table.
  public let submission: Submission
  /// What a person should know of it, one sentence each: ranges that miss their end, values given
  /// twice, cells that show the same variant, exclusions.
  public let remarks: [String]

  /// Expands a request.
  ///
  /// The first axis is X (columns), the second Y (rows), further ones pages; the last varies slowest.
  /// Beside the grid stands the plain re-prompt of every source and edit prompt, unless the prompts
  /// are equal (it would be the source again) or the request leaves it out.
  ///
  /// - Parameters:
  ///   - request: what was asked.
  ///   - cpus: what the workers are known to compute on: what `dtype` is resolved by.
  ///   - native: what the workers' machines have for native numerics; `nil` where nobody has looked,
  ///     which will do for portable ones.
  ///   - model: finds a model by the name that was typed, `nil` where the request names none; called
  ///     once a name.
  /// - Throws: `no-prompt`, `dtype-unavailable`, `native-bf16`, `native-unavailable`,
  ///   `too-many-cells`, `empty-grid`, `size-illegal`, what `EditSpec.resolved` throws, with file, line and column where the request came from a file; what
  ///   `model` throws.
  public init(
    _ request: SweepRequest, cpus: [WorkerCPU] = [], native: NativeSupport? = nil,
    model: (String?) throws(EditError) -> PlannedModel
  ) throws(EditError) {
    guard let text = request.prompt else {
      throw EditError("no-prompt", .usage, "there is no source prompt", hint: "--prompt TEXT")
    }
    _ = try request.cellCount()
    var grid = CellGrid(request)
    try request.checkPhotograph(grid)
    let mode = request.numerics ?? .portable
    let compute = try request.located("dtype") { () throws(EditError) in
      try request.dtype.resolved(on: cpus, numerics: mode)
    }
    let numerics = try request.located("numerics") { () throws(EditError) in
      try Numerics.resolved(mode, compute: compute, native: native)
    }
    var plans: [String: ModelPlan] = [:]
    var models: [Submission.Model] = []
    for name in request.models.isEmpty ? [nil] : request.models.map(Optional.some)
    where plans[name ?? ""] == nil {
      let found = try model(name)
      plans[name ?? ""] = try ModelPlan(
        found, request, grid, compute: compute, numerics: numerics)
      guard !models.contains(where: { $0.facts.digest == found.facts.digest }) else { continue }
      models.append(Submission.Model(facts: found.facts, folder: found.folder))
    }

    let places = try grid.places(request)
    var builder = SubmissionBuilder(plans: plans)
    for place in places { try builder.add(place, grid) }
    if request.includesReprompt { try builder.addReprompts() }

    let name = request.name ?? SweepName.slug(String((grid.firstEditPrompt ?? text).prefix(40)))
    let settled = SettledRequest(
      request: request, name: name, compute: compute, numerics: numerics)
    let stored = try request.stored(settled, models: models, grid: grid).json
    submission = Submission(
      name: name, axes: grid.sweepAxes,
      request: stored,
      clientKey: request.key, priority: request.priority, models: models,
      sources: builder.sources, variants: builder.variants, cells: builder.cells)
    let chosen = [request.dtype.remark(on: cpus, numerics: mode), numerics.remark]
    remarks =
      chosen.compactMap { $0 } + Self.foreignSyntax(text, grid) + Self.thresholds(request, grid)
      + grid.remarks + builder.remarks + Self.spelling(plans)
  }

  /// One sentence a word that a model's tokenizer does not know.
  private static func spelling(_ plans: [String: ModelPlan]) -> [String] {
    var said: Set<String> = []
    return plans.sorted { $0.key < $1.key }.flatMap(\.value.spelledWords).filter {
      said.insert($0).inserted
    }.map {
      "“\($0)” is spelled letter by letter by the model's tokenizer, which does not know the word: "
        + "its pictures may not show it"
    }
  }

  /// Two thresholds beside words to take out were once those of both kinds of words.
  private static func thresholds(_ request: SweepRequest, _ grid: CellGrid) -> [String] {
    let values = grid.texts(of: .blendThreshold)
    guard request.blendSubtract != nil, values.count == 2,
      grid.values(of: .blendSubtractThreshold).isEmpty
    else { return [] }
    return [
      "blend_threshold: \(values[0]) and \(values[1]) are two values of an axis; the words of "
        + "blend_subtract have blend_subtract_threshold"
    ]
  }

  /// What other programs read in the prompts and this one does not, the first of each kind.
  private static func foreignSyntax(_ prompt: String, _ grid: CellGrid) -> [String] {
    var seen: Set<ForeignSyntax.Kind> = []
    let prompts = ([prompt] + grid.texts(of: .to)).map { (text: $0, isNegative: false) }
    let all = prompts + grid.texts(of: .negative).map { (text: $0, isNegative: true) }
    return all.flatMap { ForeignSyntax.found(in: $0.text, isNegative: $0.isNegative) }
      .filter { seen.insert($0.kind).inserted }.map(\.sentence)
  }

  /// Expands a request for one model, whatever name the request has for it.
  ///
  /// - Throws: as the other form.
  public init(
    _ request: SweepRequest, model: ModelFacts, modelFolder: String, tokenizer: CLIPTokenizer
  ) throws(EditError) {
    let planned = PlannedModel(facts: model, folder: modelFolder, tokenizer: tokenizer)
    try self.init(request) { _ throws(EditError) in planned }
  }
}
