import EditJobs
import PromptAlignment

/// Makes edits of places in a grid, each resolved once.
struct EditTable {
  private struct Asked: Hashable {
    var spec: EditSpec
    var steps: Int
  }

  private let request: SweepRequest
  private let source: Prompt
  /// The edit prompts of the grid by their text.
  private let prompts: [String: Prompt]
  /// The blends of the grid by their text.
  private let blends: [String: BlendSpec]
  private var resolved: [Asked: ResolvedEdit] = [:]

  /// - Throws: `bad-blend`; `blend-missing` where a setting of the blend has no blend to act on.
  init(
    request: SweepRequest, source: Prompt, prompts: [String: Prompt], grid: CellGrid
  ) throws(EditError) {
    var blends: [String: BlendSpec] = [:]
    for text in grid.texts(of: .blend) where blends[text] == nil {
      blends[text] = try request.located("blend") { () throws(EditError) in
        try BlendSpec(
          parsing: text, substract: request.blendSubstract, threshold: request.blendThreshold,
          start: request.blendStart)
      }
    }
    let settings = [
      ("blend_substract", request.blendSubstract), ("blend_threshold", request.blendThreshold),
      ("blend_start", request.blendStart),
    ]
    for (name, value) in settings where value != nil && blends.isEmpty {
      try request.located(name) { () throws(EditError) in
        throw EditError(
          "blend-missing", .data, "\(name) acts on a blend, and there is none",
          hint: "--blend \"cat -> dog\"")
      }
    }
    (self.request, self.source, self.prompts) = (request, source, prompts)
    self.blends = blends
  }

  /// Checks each setting by itself, so that an error can say where it stands.
  func checkSettings(_ grid: CellGrid) throws(EditError) {
    let texts = grid.texts(of: .to)
    let edits = texts.isEmpty ? [source] : texts.compactMap { prompts[$0] }
    let runs = Set(grid.values(of: .steps).map { ModelPlan.steps($0) }).sorted()
    for setting in request.settings {
      let kind = setting.kind
      try request.located(kind.name) { () throws(EditError) in
        for case let window? in grid.values(of: kind).map(\.window) where kind.isWindow {
          for steps in runs.isEmpty ? [SweepRequest.defaultSteps] : runs {
            _ = try window.resolved(steps: steps, name: kind.name)
          }
        }
        guard let word = kind.word else { return }
        for edit in edits { _ = try edit.tokens(of: word, name: "edit prompt") }
      }
    }
  }

  /// The edit of a place as requested.
  func spec(_ values: [AxisKind: SweepValue]) -> EditSpec {
    var spec = EditSpec(prompt: values[.to]?.description ?? source.text, method: request.method)
    spec.compat = request.compat
    for (kind, value) in values {
      switch kind {
      case .tau: spec.tau = value.window ?? spec.tau
      case .selfTau: spec.selfTau = value.window ?? spec.selfTau
      case .wordTau(let word): spec.tauWords[word] = value.window
      case .weight(let word): spec.weights[word] = value.number?.double
      case .blend: spec.blend = blends[value.description]
      case .to, .seed, .sampler, .steps, .cfg, .negative, .model: break
      }
    }
    return spec
  }

  /// The edit in tokens and steps.
  mutating func edit(_ spec: EditSpec, steps: Int) throws(EditError) -> ResolvedEdit {
    let asked = Asked(spec: spec, steps: steps)
    if let known = resolved[asked] { return known }
    guard let prompt = prompts[spec.prompt] else {
      throw EditError("no-prompt", .software, "the edit prompt \"\(spec.prompt)\" was not planned")
    }
    do {
      let edit = try spec.resolved(source: source, edit: prompt, steps: steps)
      resolved[asked] = edit
      return edit
    } catch {
      throw request.places[culprit(of: spec, prompt, steps: steps)]?.locate(error) ?? error
    }
  }

  /// The setting that an edit fails by: its blend where it resolves without one.
  private func culprit(of spec: EditSpec, _ prompt: Prompt, steps: Int) -> String {
    var plain = spec
    plain.blend = nil
    if spec.blend != nil, (try? plain.resolved(source: source, edit: prompt, steps: steps)) != nil {
      return "blend"
    }
    return request.places["method"] == nil ? "to" : "method"
  }
}
