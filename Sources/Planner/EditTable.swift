import EditJobs
import PromptAlignment

/// Makes edits of places in a grid, each resolved once.
struct EditTable {
  let request: SweepRequest
  let source: Prompt
  /// The edit prompts of the grid by their text.
  let prompts: [String: Prompt]
  private var resolved: [EditSpec: ResolvedEdit] = [:]

  init(request: SweepRequest, source: Prompt, prompts: [String: Prompt]) {
    (self.request, self.source, self.prompts) = (request, source, prompts)
  }

  /// Checks each setting by itself, so that an error can say where it stands.
  func checkSettings(_ grid: CellGrid) throws(EditError) {
    let texts = grid.texts(of: .to)
    let edits = texts.isEmpty ? [source] : texts.compactMap { prompts[$0] }
    for setting in request.settings {
      let kind = setting.kind
      try request.located(kind.name) { () throws(EditError) in
        for case let window? in (grid.values[setting] ?? []).map(\.window) where kind.isWindow {
          _ = try window.resolved(steps: request.steps, name: kind.name)
        }
        guard let word = kind.word else { return }
        for edit in edits { _ = try edit.tokens(of: word, name: "edit prompt") }
      }
    }
  }

  /// The edit of a place as requested.
  func spec(_ values: [AxisKind: SweepValue]) -> EditSpec {
    var spec = EditSpec(prompt: values[.to]?.description ?? source.text, method: request.method)
    for (kind, value) in values {
      switch kind {
      case .tau: spec.tau = value.window ?? spec.tau
      case .selfTau: spec.selfTau = value.window ?? spec.selfTau
      case .wordTau(let word): spec.tauWords[word] = value.window
      case .weight(let word): spec.weights[word] = value.number?.double
      case .seed, .to: break
      }
    }
    return spec
  }

  /// The edit in tokens and steps.
  mutating func edit(_ spec: EditSpec) throws(EditError) -> ResolvedEdit {
    if let known = resolved[spec] { return known }
    guard let prompt = prompts[spec.prompt] else {
      throw EditError("no-prompt", .software, "the edit prompt \"\(spec.prompt)\" was not planned")
    }
    let edit = try request.located(request.places["method"] == nil ? "to" : "method") {
      () throws(EditError) in
      try spec.resolved(source: source, edit: prompt, steps: request.steps)
    }
    resolved[spec] = edit
    return edit
  }
}

extension AxisKind {
  /// The word that it concerns.
  var word: String? {
    switch self {
    case .weight(let word), .wordTau(let word): word
    case .tau, .selfTau, .seed, .to: nil
    }
  }
}
