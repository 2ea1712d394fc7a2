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

  /// The setting that an edit fails by: the one without which it resolves.
  ///
  /// Settings are looked at where an edit has failed and never by themselves: a value that is wrong
  /// beside another one may stand beside a third alone.
  private func culprit(of spec: EditSpec, _ prompt: Prompt, steps: Int) -> String {
    func resolves(_ change: (inout EditSpec) -> Void) -> Bool {
      var plain = spec
      change(&plain)
      return (try? plain.resolved(source: source, edit: prompt, steps: steps)) != nil
    }
    if spec.blend != nil, resolves({ $0.blend = nil }) { return AxisKind.blend.name }
    if resolves({ $0.tau = .empty }) { return AxisKind.tau.name }
    if resolves({ $0.selfTau = .empty }) { return AxisKind.selfTau.name }
    for word in spec.tauWords.keys.sorted() where resolves({ $0.tauWords[word] = nil }) {
      return AxisKind.wordTau(word: word).name
    }
    for word in spec.weights.keys.sorted() where resolves({ $0.weights[word] = nil }) {
      return AxisKind.weight(word: word).name
    }
    return request.places["method"] == nil ? "to" : "method"
  }
}
