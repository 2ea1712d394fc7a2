import EditJobs
import Files
import PromptAlignment

/// What an axis varies, and which values it takes.
public enum AxisKind: Hashable, Sendable {
  /// `tau`: the window of cross-attention.
  case tau
  /// `self_tau`: the window of self-attention.
  case selfTau
  /// `w:<word>`: the factor of a word of the edit prompt.
  case weight(word: String)
  /// `tau:<word>`: the window of one word.
  case wordTau(word: String)
  /// `seed`: the seed of the noise.
  case seed
  /// `to`: the edit prompt.
  case to
  /// `blend`: the words whose place may change, `cat -> dog`, or `none`.
  case blend
  /// `sampler`: the solver.
  case sampler
  /// `steps`: steps of the solver.
  case steps
  /// `cfg`: the guidance scale.
  case cfg
  /// `negative`: the negative prompt.
  case negative
  /// `model`: the model, by its folder.
  case model
  /// `image`: the photograph, by its file.
  case image
  /// `method`: how tokens are aligned.
  case method
  /// `self_max`: the side of the largest self-attention sites that may be injected.
  case selfMax
  /// `blend_threshold`: what the blend's words' maps must exceed.
  case blendThreshold
  /// `blend_subtract_threshold`: the same for the words that are taken out.
  case blendSubtractThreshold
  /// `blend_start`: the first step at whose end the blend acts.
  case blendStart

  /// Kinds whose name is all there is of them, by their names.
  private static let named: [(name: String, kind: AxisKind)] = [
    ("tau", .tau), ("self_tau", .selfTau), ("seed", .seed), ("to", .to), ("blend", .blend),
    ("sampler", .sampler), ("steps", .steps), ("cfg", .cfg), ("negative", .negative),
    ("model", .model), ("image", .image), ("method", .method), ("self_max", .selfMax),
    ("blend_threshold", .blendThreshold), ("blend_subtract_threshold", .blendSubtractThreshold),
    ("blend_start", .blendStart),
  ]

  /// Their names.
  static let names = named.map(\.name)

  /// Reads a name, `-` for `_` too; `w:"pea soup"` may be quoted. `nil` for an unknown one.
  public init?(name: String) {
    let plain = SettingName.current(name)
    if let known = Self.named.first(where: { $0.name == plain }) {
      self = known.kind
    } else if let word = Self.word(name, after: "w:") {
      self = .weight(word: word)
    } else if let word = Self.word(name, after: "tau:") {
      self = .wordTau(word: word)
    } else {
      return nil
    }
  }

  private static func word(_ name: String, after prefix: String) -> String? {
    // Scalars: a colon that a combining mark follows is still a colon.
    guard name.unicodeScalars.starts(with: prefix.unicodeScalars) else { return nil }
    var word = name.unicodeScalars.dropFirst(prefix.unicodeScalars.count)
    if word.count >= 2, word.first == "\"", word.last == "\"" { word = word.dropFirst().dropLast() }
    let plain = String(word).withSingleBlanks
    return plain.isEmpty ? nil : plain
  }

  /// The canonical name.
  public var name: String {
    switch self {
    case .weight(let word): "w:\(word)"
    case .wordTau(let word): "tau:\(word)"
    default: Self.named.first { $0.kind == self }?.name ?? ""
    }
  }

  /// Whether values are windows of the run.
  var isWindow: Bool {
    switch self {
    case .tau, .selfTau, .wordTau: true
    default: false
    }
  }

  /// Whether values are texts, which are split at `||` alone and are named by their ordinals in files.
  public var isText: Bool {
    switch self {
    case .to, .blend, .negative, .model, .image: true
    default: false
    }
  }

  /// Whether another value is another source.
  var isOfSource: Bool {
    switch self {
    case .seed, .sampler, .steps, .cfg, .negative, .model, .image, .selfMax: true
    default: false
    }
  }

  /// Whether a count of steps, `12s`, is a value, or an end of one.
  var countsSteps: Bool {
    switch self {
    case .weight, .blendStart: true
    default: isWindow
    }
  }

  /// Whether numbers are fractions, 0…1.
  var isFraction: Bool {
    switch self {
    case .blendThreshold, .blendSubtractThreshold, .blendStart: true
    default: isWindow
    }
  }

  /// The words that are legal values, beside `default`; `nil` where values are not chosen of a list.
  var choices: [String]? {
    switch self {
    case .sampler: SamplerKind.allCases.map(\.rawValue)
    case .method: EditMethod.allCases.map(\.rawValue)
    default: nil
    }
  }

  /// Whether it is a word's factor.
  var isWeight: Bool {
    if case .weight = self { true } else { false }
  }

  /// The legal whole numbers; `nil` where values need not be whole.
  var wholeNumbers: ClosedRange<Int128>? {
    switch self {
    case .seed: 0...Int128(UInt64.max)
    case .steps: 1...Int128(ModelFacts.mostSteps)
    case .selfMax: 1...Int128(PictureSize.limit)
    default: nil
    }
  }

  /// Whether values are whole numbers.
  var isInteger: Bool { wholeNumbers != nil }

  /// The word that it concerns.
  var word: String? {
    switch self {
    case .weight(let word), .wordTau(let word): word
    default: nil
    }
  }

  /// What other tools call things, and what it is here.
  private static let elsewhere: [String: String] = [
    "guidance": "cfg", "guidance_scale": "cfg", "cfg_scale": "cfg", "scale": "cfg",
    "cross_replace_steps": "tau", "cross_steps": "tau", "cross": "tau", "strength": "tau",
    "self_replace_steps": "self_tau", "self_steps": "self_tau", "self": "self_tau",
    "edit": "to", "edit_prompt": "to", "prompts": "to", "target": "to", "target_prompt": "to",
    "weight": "w:WORD", "weights": "w:WORD", "word": "w:WORD", "eq_params": "w:WORD",
    "seeds": "seed", "num_inference_steps": "steps", "negative_prompt": "negative",
    "scheduler": "sampler", "width": "size", "height": "size", "resolution": "size",
    "mode": "method", "title": "name", "checkpoint": "model", "pipeline": "model",
    "precision": "dtype", "torch_dtype": "dtype", "compute": "dtype",
    "kernels": "numerics", "blas": "numerics", "openblas": "numerics", "backend": "numerics",
  ]

  /// What somebody meant by an unknown name: another tool's word, or a slip of the keyboard.
  static func suggestion(for name: String, among names: [String]) -> String? {
    let plain = SettingName.plain(name)
    if names.contains(plain) { return plain }
    return elsewhere[plain] ?? NearestName.of(plain, among: names)
  }
}
