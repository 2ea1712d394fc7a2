public import EditJobs
public import Files

extension EditSpec {
  /// The edit in tokens and steps.
  ///
  /// Equal edits have equal forms, whatever their words were: a mapper that no gate reads, or that
  /// belongs to equal prompts, is `identity` (and the method `none`); an empty window is `[0, 0]`; a
  /// token's own window that equals the edit's is left out, and so are weights of 1 and those that
  /// never act, and a blend that starts after the last step. So what is written of a variant is a function of its key.
  ///
  /// - Parameters:
  ///   - source: the source's prompt.
  ///   - tokenizer: the tokenizer that made it.
  ///   - steps: steps of the run.
  /// - Throws: `prompt-too-long`, `word-not-found`, `token-not-found`, `words-overlap`,
  ///   `replace-word-counts`, `none-prompts`, `window-outside`, `window-reversed`, `not-finite`,
  ///   `bad-blend`.
  public func resolved(
    source: Prompt, tokenizer: CLIPTokenizer, steps: Int
  ) throws(EditError) -> ResolvedEdit {
    let edit = try Prompt(prompt, tokenizer: tokenizer, name: "edit prompt")
    return try resolved(source: source, edit: edit, steps: steps)
  }

  /// The edit in tokens and steps, with its prompt tokenised already.
  ///
  /// - Throws: as the other form.
  public func resolved(
    source: Prompt, edit: Prompt, steps: Int
  ) throws(EditError) -> ResolvedEdit {
    let cross = try crossWindow(tau, steps: steps, name: "tau")
    let selfWindow = try resolvedSelfWindow(steps: steps)
    let tokenWindows = try tokenWindows(edit, steps: steps).filter { $0.window != cross }
    let aligned = try mapper(source: source, edit: edit)
    let isRead = !cross.isEmpty || tokenWindows.contains { !$0.window.isEmpty }
    let mapper = isRead && source.text != edit.text ? aligned : .identity
    let blend = try blend?.resolved(source: source, edit: edit, steps: steps)
    var resolved = ResolvedEdit(
      prompt: edit.text, method: mapper.method, steps: steps, textLength: edit.length,
      mapper: mapper, cross: cross, crossTokens: tokenWindows, selfWindow: selfWindow,
      weights: try tokenWeights(edit, steps: steps), blend: blend, compat: compat)
    if compat == .google { resolved.weights = resolved.weights.compactMap(resolved.gated) }
    return resolved
  }

  /// A window of cross-attention, in steps.
  func crossWindow(
    _ window: Window, steps: Int, name: String
  ) throws(EditError) -> StepWindow {
    switch compat {
    case nil: Self.canonical(try window.resolved(steps: steps, name: name))
    case .google:
      Self.canonical(try window.published(count: steps + 1, steps: steps, name: name))
    }
  }

  private func resolvedSelfWindow(steps: Int) throws(EditError) -> StepWindow {
    switch compat {
    case nil: Self.canonical(try selfTau.resolved(steps: steps, name: "self_tau"))
    case .google:
      Self.canonical(try selfTau.published(count: steps, steps: steps, name: "self_tau"))
    }
  }

  private func mapper(source: Prompt, edit: Prompt) throws(EditError) -> TokenMapper {
    switch method {
    case .none:
      guard source.text == edit.text else {
        throw EditError(
          "none-prompts", .data, "method none needs equal prompts",
          details: ["the source's: \(source.text)", "the edit's: \(edit.text)"],
          hint: "--method auto (or leave it out)")
      }
      return .identity
    case .replace:
      return .replace(columns: try columns(source, edit))
    case .refine: return .refine(sources: sources(source, edit))
    case .auto:
      return source.words.count == edit.words.count
        ? .replace(columns: try columns(source, edit))
        : .refine(sources: sources(source, edit))
    }
  }

  private func columns(
    _ source: Prompt, _ edit: Prompt
  ) throws(EditError) -> [[TokenMapper.Share]] {
    try ReplaceAlignment.columns(source: source, edit: edit, compat: compat)
  }

  private func sources(_ source: Prompt, _ edit: Prompt) -> [Int?] {
    RefineAlignment.sources(source: source, edit: edit, compat: compat)
  }

  private func tokenWindows(
    _ edit: Prompt, steps: Int
  ) throws(EditError) -> [ResolvedEdit.TokenWindow] {
    var values: [(word: String, value: StepWindow)] = []
    for (word, window) in tauWords.sorted(by: { $0.key < $1.key }) {
      values.append((word, try crossWindow(window, steps: steps, name: "tau of \"\(word)\"")))
    }
    return try Self.byToken(values, edit, what: "windows")
      .map { ResolvedEdit.TokenWindow(token: $0.token, window: $0.value) }
  }

  private func tokenWeights(
    _ edit: Prompt, steps: Int
  ) throws(EditError) -> [ResolvedEdit.TokenWeight] {
    for (word, value) in weights.sorted(by: { $0.key < $1.key }) where !value.isFinite {
      throw EditError("not-finite", .data, "w:\(word) is not a finite number: \(value)")
    }
    var values: [(word: String, value: WindowedWeight)] = []
    for (word, value) in weights.sorted(by: { $0.key < $1.key }) {
      let window = try weightWindow(of: word, value, steps: steps)
      // Adding 0 makes 0 of −0, which is another pattern of bits for the same factor.
      values.append((word, WindowedWeight(value: value + 0, window: Self.canonical(window))))
    }
    return try Self.byToken(values, edit, what: "weights")
      .filter { $0.value.value != 1 && !$0.value.window.isEmpty }
      .map {
        ResolvedEdit.TokenWeight(token: $0.token, value: $0.value.value, window: $0.value.window)
      }
  }

  /// The steps in which a word's factor acts.
  private func weightWindow(
    of word: String, _ value: Double, steps: Int
  ) throws(EditError) -> StepWindow {
    do {
      return try (weightWindows[word] ?? weightWindow).resolved(
        steps: steps, name: "the window of w:\(word)")
    } catch {
      var error = error
      // A window is written behind its weight.
      if error.code == "window-reversed" { error.hint = error.hint.map { "\(value)@\($0)" } }
      throw error
    }
  }

  /// A factor and the steps in which it acts.
  private struct WindowedWeight: Equatable, CustomStringConvertible {
    var value: Double
    var window: StepWindow

    var description: String { "\(value) in steps \(window.from)..<\(window.to)" }
  }

  /// Spreads values of words over their tokens; two names of one token must agree.
  private static func byToken<Value: Equatable>(
    _ values: [(word: String, value: Value)], _ edit: Prompt, what: String
  ) throws(EditError) -> [(token: Int, value: Value)] {
    var found: [Int: (word: String, value: Value)] = [:]
    for (word, value) in values {
      for token in try edit.tokens(of: word, name: "edit prompt") {
        if let other = found[token], other.value != value {
          throw EditError(
            "words-overlap", .data,
            "\"\(other.word)\" and \"\(word)\" name the same word of the edit prompt "
              + "with different \(what)",
            details: ["\(other.value) and \(value), at token @\(token)"])
        }
        found[token] = (word, value)
      }
    }
    return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value.value) }
  }

  static func canonical(_ window: StepWindow) -> StepWindow {
    window.isEmpty ? StepWindow(0, 0) : window
  }
}

extension TokenMapper {
  /// The method that makes such a mapper.
  var method: EditMethod {
    switch self {
    case .identity: .none
    case .refine: .refine
    case .replace: .replace
    }
  }
}
