/// Where each token of the edit prompt takes its cross-attention map from while its gate is open.
public enum TokenMapper: Hashable, Codable, Sendable {
  /// A source token and its share of a column.
  public struct Share: Hashable, Codable, Sendable {
    /// Token index in the source prompt.
    public var token: Int
    /// What its column is multiplied by.
    public var share: Double

    /// Makes a share.
    public init(token: Int, share: Double) { (self.token, self.share) = (token, share) }

    /// Reads `[token, share]`.
    public init(from decoder: any Decoder) throws {
      var list = try decoder.unkeyedContainer()
      (token, share) = (try list.decode(Int.self), try list.decode(Double.self))
    }
    /// Writes `[token, share]`.
    public func encode(to encoder: any Encoder) throws {
      var list = encoder.unkeyedContainer()
      try list.encode(token)
      try list.encode(share)
    }
  }

  /// Per token of the edit prompt the source's columns that are added up, by rising token; none make
  /// a column of zeros.
  case replace(columns: [[Share]])
  /// Per token of the edit prompt the source's token, or `nil` for its own map.
  case refine(sources: [Int?])
  /// Token by token.
  case identity
}

/// Words resolved to tokens whose maps decide where a variant may differ from its source.
public struct ResolvedBlend: Hashable, Codable, Sendable {
  /// Tokens of the source prompt.
  public var source: [Int]
  /// Tokens of the edit prompt.
  public var edit: [Int]
  /// Tokens of the source prompt whose place is taken out of the mask.
  public var substractSource: [Int]
  /// Tokens of the edit prompt whose place is taken out of the mask.
  public var substractEdit: [Int]
  /// What a normalised map must exceed.
  public var threshold: Double
  /// The same for the words that are taken out.
  public var substractThreshold: Double
  /// The first step at whose end it acts.
  public var start: Int

  /// Makes a blend.
  public init(
    source: [Int], edit: [Int], substractSource: [Int] = [], substractEdit: [Int] = [],
    threshold: Double = 0.3, substractThreshold: Double = 0.3, start: Int
  ) {
    (self.source, self.edit, self.start) = (source, edit, start)
    (self.substractSource, self.substractEdit) = (substractSource, substractEdit)
    (self.threshold, self.substractThreshold) = (threshold, substractThreshold)
  }

  /// Every token that it names, of either prompt.
  public var tokens: [Int] { source + edit + substractSource + substractEdit }
}

/// An edit resolved to tokens and steps: with its source, everything that decides a variant's bytes.
public struct ResolvedEdit: Hashable, Codable, Sendable {
  /// The window of one token, which replaces `cross` for it.
  public struct TokenWindow: Hashable, Codable, Sendable {
    /// Token index in the edit prompt.
    public var token: Int
    /// When its gate is open.
    public var window: StepWindow

    /// Makes a window.
    public init(token: Int, window: StepWindow) { (self.token, self.window) = (token, window) }
  }

  /// The factor of one token's column.
  public struct TokenWeight: Hashable, Codable, Sendable {
    /// Token index in the edit prompt.
    public var token: Int
    /// The factor; 1 leaves the column alone.
    public var value: Double
    /// When it acts.
    public var window: StepWindow

    /// Makes a weight.
    public init(token: Int, value: Double, window: StepWindow) {
      (self.token, self.value, self.window) = (token, value, window)
    }
  }

  /// The edit prompt, white space normalised.
  public var prompt: String
  /// How tokens were aligned; never `auto`.
  public var method: EditMethod
  /// Steps of the run.
  public var steps: Int
  /// Tokens of the text encoder's window: columns of a cross-attention map.
  public var textLength: Int
  /// Where maps come from.
  public var mapper: TokenMapper
  /// When cross maps are injected.
  public var cross: StepWindow
  /// Tokens with a window of their own, by rising token.
  public var crossTokens: [TokenWindow]
  /// When self-attention maps are injected.
  public var selfWindow: StepWindow
  /// Weights other than 1, by rising token.
  public var weights: [TokenWeight]
  /// Where the variant may differ; `nil` for everywhere.
  public var blend: ResolvedBlend?
  /// Whose rules are followed; `nil` is ours.
  public var compat: Compatibility?

  /// Makes a resolved edit.
  public init(
    prompt: String, method: EditMethod, steps: Int, textLength: Int, mapper: TokenMapper,
    cross: StepWindow, crossTokens: [TokenWindow] = [], selfWindow: StepWindow,
    weights: [TokenWeight] = [], blend: ResolvedBlend? = nil, compat: Compatibility? = nil
  ) {
    (self.prompt, self.method, self.steps, self.textLength) = (prompt, method, steps, textLength)
    (self.mapper, self.cross, self.crossTokens) = (mapper, cross, crossTokens)
    (self.selfWindow, self.weights, self.blend, self.compat) = (selfWindow, weights, blend, compat)
  }

  /// Whether a token's cross map is injected in a step.
  public func isOpen(token: Int, step: Int) -> Bool {
    (crossTokens.first { $0.token == token }?.window ?? cross).contains(step)
  }

  /// The tokens whose cross maps are injected in a step, rising.
  private func openTokens(step: Int) -> [Int] {
    let own = Dictionary(
      crossTokens.map { ($0.token, $0.window) }, uniquingKeysWith: { first, _ in first })
    let isOpen = cross.contains(step)
    if own.isEmpty { return isOpen ? Array(0..<textLength) : [] }
    return (0..<textLength).filter { own[$0]?.contains(step) ?? isOpen }
  }

  /// What acts in one step, as text; equal texts from step 0 on mean a shared prefix.
  ///
  /// The cross gate per token, the mapper where a gate is open, the weights that act, the self gate,
  /// the blend from its start on, and the rules.
  public func signatureText(step: Int) -> String {
    signatureText(step: step, mapper: mapper.canonicalText)
  }

  /// The same with the mapper's text, which is long and the same in every step.
  private func signatureText(step: Int, mapper: String) -> String {
    var form = CanonicalForm()
    let open = openTokens(step: step)
    form.set("cross", open.map(String.init).joined(separator: ","))
    if !open.isEmpty { form.set("mapper", mapper) }
    let acting = weights.filter { $0.value != 1 && $0.window.contains(step) }
    form.set(
      "weights",
      acting.map { "\($0.token):\(CanonicalForm.bits($0.value))" }.joined(separator: ","))
    form.set("self", selfWindow.contains(step) ? 1 : 0)
    if let blend, step >= blend.start { form.set("blend", blend.canonicalText) }
    form.set("compat", compat?.rawValue ?? "")
    return form.text
  }

  /// The hashes of what acts in each step, as runs of equal ones.
  ///
  /// Nothing changes between the ends of windows, so one step of each stretch is hashed.
  public var signatures: [SignatureRun] {
    let windows = [cross, selfWindow] + crossTokens.map(\.window) + weights.map(\.window)
    let ends = windows.flatMap { [$0.from, $0.to] } + (blend.map { [$0.start] } ?? [])
    let edges = Set(ends + [0, steps]).filter { (0...steps).contains($0) }.sorted()
    let mapper = mapper.canonicalText
    var runs: [SignatureRun] = []
    for (from, to) in zip(edges, edges.dropFirst()) {
      let hash = Digest(of: signatureText(step: from, mapper: mapper).utf8)
      if let last = runs.indices.last, runs[last].hash == hash {
        runs[last].steps += to - from
      } else {
        runs.append(SignatureRun(hash: hash, steps: to - from))
      }
    }
    return runs
  }

  /// The key of this edit of a source.
  public func key(source: Key) -> Key { key(source: source, signatures: signatures) }

  /// The same, with signatures that were made already.
  func key(source: Key, signatures: [SignatureRun]) -> Key {
    var form = CanonicalForm()
    form.set("format", 1)
    form.set("kind", "variant")
    form.set("source", source.description)
    form.set("prompt", prompt)
    form.set("signatures", signatures.map { "\($0.hash)*\($0.steps)" }.joined(separator: ","))
    return Key(form.digest)
  }

  /// Whether a step takes maps of the source: its self gate is open, or the gate of a token whose
  /// column comes from the source.
  public func takesMaps(step: Int) -> Bool {
    selfWindow.contains(step)
      || (0..<textLength).contains { token in
        guard isOpen(token: token, step: step) else { return false }
        if case .refine(let sources) = mapper { return sources[token] != nil }
        return true
      }
  }

  /// Whether a cross map of the source enters in some step.
  var injectsCross: Bool {
    (0..<steps).contains { step in
      openTokens(step: step).contains { token in
        if case .refine(let sources) = mapper { return sources[token] != nil }
        return true
      }
    }
  }

  /// Whether anything of the source may enter the run: a step that takes its maps.
  public var injects: Bool { (0..<steps).contains { takesMaps(step: $0) } }
}

/// A stretch of steps in which the same things act.
public struct SignatureRun: Hashable, Codable, Sendable {
  /// The hash of what acts.
  public var hash: Digest
  /// How many steps.
  public var steps: Int

  /// Makes a run.
  public init(hash: Digest, steps: Int) { (self.hash, self.steps) = (hash, steps) }
}

extension TokenMapper {
  /// The mapper as hashed text.
  var canonicalText: String {
    switch self {
    case .replace(let columns):
      "replace "
        + columns.map { column in
          column.map { "\($0.token):\(CanonicalForm.bits($0.share))" }.joined(separator: "+")
        }.joined(separator: ",")
    case .refine(let sources):
      "refine " + sources.map { $0.map(String.init) ?? "own" }.joined(separator: ",")
    case .identity: "identity"
    }
  }
}

extension ResolvedBlend {
  /// The blend as hashed text.
  var canonicalText: String {
    let lists = [source, edit, substractSource, substractEdit].map {
      $0.map(String.init).joined(separator: ",")
    }
    let numbers = [threshold, substractThreshold].map(CanonicalForm.bits)
    return (lists + numbers + [String(start)]).joined(separator: ";")
  }
}
