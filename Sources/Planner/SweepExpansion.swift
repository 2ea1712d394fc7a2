public import EditJobs
public import PromptAlignment

/// A request made into a submission: every cell resolved and checked, sources and variants each once.
public struct SweepExpansion: Sendable {
  /// What is written to the job table.
  public let submission: Submission
  /// What a person should know of it, one sentence each: ranges that miss their end, values given
  /// twice, cells that show the same variant.
  public let remarks: [String]

  /// Expands a request.
  ///
  /// The first axis is X (columns), the second Y (rows), further ones pages; the last varies slowest.
  /// Beside the grid stands the plain re-prompt of every source and edit prompt, unless the prompts
  /// are equal (it would be the source again) or the request leaves it out.
  ///
  /// - Parameters:
  ///   - request: what was asked.
  ///   - model: the facts of the model, inspected at the request's size.
  ///   - modelFolder: its folder, absolute.
  ///   - tokenizer: its (first) tokenizer.
  /// - Throws: `no-prompt`, `too-many-cells`, `empty-grid`, `size-illegal`, and what
  ///   `EditSpec.resolved` throws; with file, line and column where the request came from a file.
  public init(
    _ request: SweepRequest, model: ModelFacts, modelFolder: String, tokenizer: CLIPTokenizer
  ) throws(EditError) {
    guard let text = request.prompt else {
      throw EditError("no-prompt", .usage, "there is no source prompt", hint: "--prompt TEXT")
    }
    _ = try request.cellCount()
    let size =
      request.size ?? PictureSize(width: model.defaultWidth, height: model.defaultHeight)
    try request.located("size") { () throws(EditError) in try size.check(model) }

    let grid = CellGrid(request)
    let source = try request.located("prompt") { () throws(EditError) in
      try Prompt(text, tokenizer: tokenizer)
    }
    let negative = try request.located("negative") { () throws(EditError) in
      try Prompt(request.negative, tokenizer: tokenizer, name: "negative prompt")
    }
    let spec = SourceSpec(
      model: model.digest, prompt: source.text, negative: negative.text, seed: 0,
      sampler: request.sampler, steps: request.steps, guidance: request.guidance.double,
      width: size.width, height: size.height, maps: request.maps, selfMax: request.selfMax)
    let edits = EditTable(
      request: request, source: source,
      prompts: try grid.prompts(request, source: source, tokenizer: tokenizer))
    try edits.checkSettings(grid)

    var builder = SubmissionBuilder(spec: spec, edits: edits)
    for index in 0..<grid.count {
      try builder.add(grid.cell(index), grid)
    }
    if request.includesReprompt { try builder.addReprompts() }

    let name =
      request.name ?? SweepName.slug(String((grid.firstEditPrompt ?? source.text).prefix(40)))
    submission = Submission(
      name: name, axes: grid.sweepAxes,
      request: request.canonicalJSON(
        modelFolder: modelFolder, model: model, name: name, values: grid.values),
      clientKey: request.key, priority: request.priority, model: model, modelFolder: modelFolder,
      sources: builder.sources, variants: builder.variants, cells: builder.cells)
    remarks = grid.remarks + builder.remarks
  }
}

extension SweepRequest {
  /// Adds the place in the file where a setting stands to the errors of a check.
  func located<Result>(
    _ setting: String, _ check: () throws(EditError) -> Result
  ) throws(EditError) -> Result {
    do throws(EditError) { return try check() } catch {
      throw places[setting]?.locate(error) ?? error
    }
  }
}

extension FilePlace {
  /// The error with file, line and column before it, and the line with a caret below.
  func locate(_ error: EditError) -> EditError {
    var located = error
    located.what = "\(file):\(line):\(column): \(error.what)"
    let number = String(line)
    let margin = String(repeating: " ", count: number.count)
    let indent = String(repeating: " ", count: max(column - 1, 0))
    located.details = ["  \(number) | \(text)", "  \(margin) | \(indent)^"] + error.details
    return located
  }
}
