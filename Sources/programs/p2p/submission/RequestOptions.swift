import ArgumentParser
import EditJobs
import Files
import Planner

/// What an edit is made of: the same on `enqueue`, where each has one value, and on `sweep`, where
/// several values make an axis.
struct RequestOptions: ParsableArguments {
  @Option(help: "The model: its folder, or org/name in the hub's cache ($P2P_MODEL by default).")
  var model: [String] = []

  @Option(help: "Folder with the configs and tokenizer that a single-file model is read with.")
  var modelConfig: String?

  @Option(help: "The source prompt.")
  var prompt: String?

  @Option(
    help: ArgumentHelp(
      "A photograph, PNG or JPEG, in the place of a seed; --prompt says what it shows.",
      valueName: "file"))
  var image: [String] = []

  @Option(help: "How a photograph's noise is found: direct (as it is) or negative-prompt.")
  var inversion: String?

  @Option(help: "An edit prompt; may be given several times. The source's own if absent.")
  var to: [String] = []

  @Option(help: "The negative prompt.")
  var negative: [String] = []

  @Option(help: "How words align: auto, replace, refine or none.")
  var method: [String] = []

  @Option(help: "How long cross-attention is injected, 0…1, steps (12s) or a window ([0.2,0.8]).")
  var tau: [String] = []

  @Option(help: "How long self-attention is injected, written like --tau.")
  var selfTau: [String] = []

  @Option(
    help: ArgumentHelp(
      "How strongly a word counts, and when where that is not always: red=2@[0.3,1].",
      valueName: "word=value"))
  var w: [String] = []

  @Option(help: ArgumentHelp("The window of one word.", valueName: "word=window"))
  var tauWord: [String] = []

  @Option(
    help: ArgumentHelp(
      "The words whose place alone may change, as 'cat -> dog', or none.", valueName: "words"))
  var blend: [String] = []

  @Option(
    name: [.customLong("blend-subtract"), .customLong("blend-substract")],
    help: ArgumentHelp(
      "Words whose place the blend leaves out, as 'hat -> hat'.", valueName: "words"))
  var blendSubtract: String?

  @Option(help: "What a word's map must exceed to be blended, 0…1 (0.3).")
  var blendThreshold: [String] = []

  @Option(help: "What the map of a word of --blend-subtract must exceed, 0…1 (0.3).")
  var blendSubtractThreshold: [String] = []

  @Option(help: "When the blend begins, 0…1 or steps (0.2).")
  var blendStart: [String] = []

  @Option(help: "The seed of the noise.")
  var seed: [String] = []

  @Option(help: "Steps of the sampler (50).")
  var steps: [String] = []

  @Option(help: "Guidance scale (7.5).")
  var cfg: [String] = []

  @Option(
    help: "The sampler: \(SamplerKind.allCases.map(\.rawValue).joined(separator: ", ")).")
  var sampler: [String] = []

  @Option(help: "Whose rules: google follows the original code where it differs.")
  var compat: String?

  @Option(help: "The picture's size, WxH (the model's own).")
  var size: String?

  @Option(
    help: """
      What runs are computed with: f32, bf16 (CPUs with AVX512-BF16: faster, other pictures), or auto, \
      which is bf16 where p2pd knows that its workers' CPUs have it (f32).
      """)
  var dtype: String?

  @Option(
    help: """
      Whose kernels compute: portable (ours, equal bytes on every CPU with AVX2), or native \
      (OpenBLAS's, whose names become part of the keys; f32 alone, on any CPU).
      """)
  var numerics: String?

  @Option(help: "How attention maps are stored: f16 or f32.")
  var maps: String?

  @Option(help: "Side of the largest self-attention sites that may be injected.")
  var selfMax: [String] = []

  @Option(help: "−100…100; higher first.")
  var priority: String?

  @Option(help: "The sweep's name.")
  var name: String?

  @Option(help: "A key of yours: the same key with the same request is submitted once.")
  var key: String?

  @Flag(help: "Leaves the plain re-prompts out.")
  var noReprompt = false

  @Flag(help: "Says what would happen and writes nothing.")
  var dryRun = false

  @Flag(
    help: """
      Waits until everything is done. Where no p2pd runs, one is started that goes on when the waiting \
      ends.
      """)
  var wait = false

  @Option(help: "Waits, and copies pictures here as they finish.")
  var out: String?

  @OptionGroup var waiting: WaitingOptions

  /// The values that were typed for axes of a sweep that grows.
  ///
  /// - Throws: `bad-option` where anything was typed that a sweep settles once.
  func growth(of sweep: String) throws(EditError) -> [(name: String, values: [String])] {
    if let (name, _) = singles.first(where: { $0.1 != nil && $0.0 != "key" }) {
      throw EditError(
        "bad-option", .usage, "a sweep that grows keeps its \(name)",
        hint: "p2p status \(sweep) shows the axes that can get more values")
    }
    let growth = try settingsAsTyped()
    guard !growth.isEmpty else {
      throw EditError(
        "bad-option", .usage, "--grow needs values to add",
        hint: "p2p status \(sweep) shows the axes that can get more values")
    }
    return growth
  }

  /// Puts what was typed into a request, in the place of what a file said.
  ///
  /// - Throws: what `SweepRequest.set` throws; `bad-option` where `=` is missing.
  func fill(_ request: inout SweepRequest) throws(EditError) {
    for (name, value) in singles {
      if let value { try request.set(name, to: value) }
    }
    for (name, values) in try settingsAsTyped() {
      try replace(name, with: values, in: &request)
    }
  }

  /// Options of one value, by the names of the settings.
  private var singles: [(String, String?)] {
    [
      ("prompt", prompt), ("inversion", inversion), ("compat", compat), ("size", size),
      ("dtype", dtype), ("numerics", numerics),
      ("maps", maps), ("blend_subtract", blendSubtract), ("priority", priority), ("name", name),
      ("key", key), ("reprompt", noReprompt ? "false" : nil),
    ]
  }

  /// The settings that may be axes, in the order in which they were typed: the first is the columns.
  private func settingsAsTyped() throws(EditError) -> [(name: String, values: [String])] {
    var rest = [
      "--tau": tau, "--self-tau": selfTau, "--seed": seed, "--to": to, "--w": w,
      "--tau-word": tauWord, "--blend": blend, "--sampler": sampler, "--steps": steps,
      "--cfg": cfg, "--negative": negative, "--model": model, "--image": image,
      "--method": method, "--self-max": selfMax, "--blend-threshold": blendThreshold,
      "--blend-subtract-threshold": blendSubtractThreshold, "--blend-start": blendStart,
    ]
    var settings: [(name: String, values: [String])] = []
    for argument in CommandLine.arguments {
      let option = String(argument.unicodeScalars.prefix { $0 != "=" })
      guard let value = rest[option]?.first else { continue }
      rest[option]?.removeFirst()
      let (name, text) = try Self.setting(option, value)
      if let index = settings.firstIndex(where: { $0.name == name }) {
        settings[index].values.append(text)
      } else {
        settings.append((name, [text]))
      }
    }
    return settings
  }

  private static func setting(
    _ option: String, _ value: String
  ) throws(EditError) -> (name: String, value: String) {
    switch option {
    case "--w", "--tau-word":
      let (word, text) = try split(value, option)
      return ((option == "--w" ? "w:" : "tau:") + word, text)
    default: return (String(option.dropFirst(2)).replacing("-", with: "_"), value)
    }
  }

  /// What is typed takes the place of what a file said.
  private func replace(
    _ name: String, with values: [String], in request: inout SweepRequest
  ) throws(EditError) {
    guard !values.isEmpty else { return }
    request.clear(name)
    for value in values { try request.set(name, to: value) }
  }

  /// Splits at the last `=`: a word may hold one, and a value never does.
  private static func split(
    _ pair: String, _ option: String
  ) throws(EditError) -> (String, String) {
    let scalars = pair.unicodeScalars
    if let mark = scalars.lastIndex(of: "="), mark > scalars.startIndex {
      return (String(scalars[..<mark]), String(scalars[scalars.index(after: mark)...]))
    }
    let word = pair.withoutOuterBlanks.isEmpty || pair == "=" ? "WORD" : pair
    throw EditError(
      "bad-option", .usage, "\(option) takes WORD=VALUE, not \"\(pair)\"",
      hint: "\(option) \"\(word)=\(option == "--w" ? "2" : "0.5")\"")
  }
}
