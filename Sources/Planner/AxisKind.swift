import EditJobs
import PromptAlignment

/// What an axis varies, and which values it takes.
public enum AxisKind: Hashable, Sendable {
  /// `tau`: the window of cross-attention.
  case tau
  /// `self_tau`: the window of self-attention.
  case selfTau
  /// `w:<word>`: the factor of a word of the edit prompt.
  case weight(word: String)
  /// `tau:<word>`: the window of one word; a setting, not an axis.
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

  /// Reads a name; `w:"pea soup"` may be quoted. `nil` for an unknown one.
  public init?(name: String) {
    switch name {
    case "tau": self = .tau
    case "self_tau", "self-tau": self = .selfTau
    case "seed": self = .seed
    case "to": self = .to
    case "blend": self = .blend
    case "sampler": self = .sampler
    case "steps": self = .steps
    case "cfg": self = .cfg
    case "negative": self = .negative
    case "model": self = .model
    default:
      if let word = Self.word(name, after: "w:") {
        self = .weight(word: word)
      } else if let word = Self.word(name, after: "tau:") {
        self = .wordTau(word: word)
      } else {
        return nil
      }
    }
  }

  private static func word(_ name: String, after prefix: String) -> String? {
    guard name.hasPrefix(prefix) else { return nil }
    var word = name.dropFirst(prefix.count)
    if word.count >= 2, word.first == "\"", word.last == "\"" { word = word.dropFirst().dropLast() }
    let plain = word.withSingleBlanks
    return plain.isEmpty ? nil : plain
  }

  /// The canonical name.
  public var name: String {
    switch self {
    case .tau: "tau"
    case .selfTau: "self_tau"
    case .weight(let word): "w:\(word)"
    case .wordTau(let word): "tau:\(word)"
    case .seed: "seed"
    case .to: "to"
    case .blend: "blend"
    case .sampler: "sampler"
    case .steps: "steps"
    case .cfg: "cfg"
    case .negative: "negative"
    case .model: "model"
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
    case .to, .blend, .negative, .model: true
    default: false
    }
  }

  /// Whether another value is another source.
  var isOfSource: Bool {
    switch self {
    case .seed, .sampler, .steps, .cfg, .negative, .model: true
    default: false
    }
  }

  /// The legal whole numbers; `nil` where values need not be whole.
  var wholeNumbers: ClosedRange<Int64>? {
    switch self {
    case .seed: 0...Int64.max
    case .steps: 1...Int64(ModelFacts.mostSteps)
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
    let plain = String(name.lowercased().map { $0 == "-" || $0 == " " ? "_" : $0 })
    if names.contains(plain) { return plain }
    return elsewhere[plain] ?? NearestName.of(plain, among: names)
  }
}
