import EditJobs
import Files
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
  /// The blends' words of the grid by their text; none for `none`.
  private let blends: [String: BlendSpec.Words]
  /// Words that are taken out of every blend's mask.
  private let subtract: BlendSpec.Words
  private var resolved: [Asked: ResolvedEdit] = [:]

  /// - Throws: `bad-blend`; `blend-missing` where a setting of the blend has no blend to act on.
  init(
    request: SweepRequest, source: Prompt, prompts: [String: Prompt], grid: CellGrid
  ) throws(EditError) {
    var blends: [String: BlendSpec.Words] = [:]
    for text in grid.texts(of: .blend) where blends[text] == nil {
      blends[text] = try request.located("blend") { () throws(EditError) in
        try BlendSpec.Words(parsing: text)
      }
    }
    let ofBlend = Setting.axes.filter { if case .blend = $0.use { true } else { false } }
    let asked =
      (request.blendSubtract == nil ? [] : [Setting.blendSubtract.name])
      + ofBlend.filter { !grid.values(of: AxisKind($0)).isEmpty }.map(\.name)
    for name in asked where blends.isEmpty {
      try request.located(name) { () throws(EditError) in
        throw EditError(
          "blend-missing", .data, "\(name) acts on a blend, and there is none",
          hint: "--blend '\(BlendSpec.Words.example(of: source))'")
      }
    }
    subtract =
      try request.blendSubtract.flatMap { text throws(EditError) in
        try BlendSpec.Words(parsing: text)
      } ?? BlendSpec.Words()
    (self.request, self.source, self.prompts) = (request, source, prompts)
    self.blends = blends
  }

  /// The edit of a place as requested.
  func spec(_ values: [AxisKind: SweepValue]) -> EditSpec {
    var spec = EditSpec(prompt: source.text)
    spec.compat = request.compat
    spec.blend = values[.blend].flatMap { blends[$0.description] }.map {
      BlendSpec(words: $0, substract: subtract)
    }
    for setting in Setting.axes {
      for (kind, value) in values where kind.setting == setting {
        switch setting.use {
        case .edit(let apply): apply(&spec, kind.word ?? "", value)
        case .blend(let apply):
          if var blend = spec.blend {
            apply(&blend, value)
            spec.blend = blend
          }
        case .source, .words, .file, .request: break
        }
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
    if let blend = spec.blend, resolves({ $0.blend = nil }) {
      if resolves({ $0.blend?.start = BlendSpec.defaultStart }) { return Setting.blendStart.name }
      let removed = blend.substract
      if !removed.isEmpty, resolves({ $0.blend?.substract = BlendSpec.Words() }) {
        return Setting.blendSubtract.name
      }
      return Setting.blend.name
    }
    if resolves({ $0.tau = .empty }) { return Setting.tau.name }
    if resolves({ $0.selfTau = .empty }) { return Setting.selfTau.name }
    for word in spec.tauWords.keys.sorted() where resolves({ $0.tauWords[word] = nil }) {
      return AxisKind(.wordTau, word: word).name
    }
    for word in spec.weights.keys.sorted() where resolves({ $0.weights[word] = nil }) {
      return AxisKind(.weight, word: word).name
    }
    if spec.method != .auto, resolves({ $0.method = .auto }) { return Setting.method.name }
    return Setting.to.name
  }
}
