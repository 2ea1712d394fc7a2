import ArgumentParser
import EditJobs
import Planner

/// What an edit is made of: the same on `enqueue`, where each has one value, and on `sweep`, where
/// several values make an axis.
struct RequestOptions: ParsableArguments {
  @Option(help: "The model's folder, in diffusers' layout ($P2P_MODEL by default).")
  var model: String?

  @Option(help: "The source prompt.")
  var prompt: String?

  @Option(help: "An edit prompt; may be given several times. The source's own if absent.")
  var to: [String] = []

  @Option(help: "The negative prompt.")
  var negative: String?

  @Option(help: "How words align: auto, replace, refine or none.")
  var method: String?

  @Option(help: "How long cross-attention is injected, 0…1, steps (12s) or a window ([0.2,0.8]).")
  var tau: [String] = []

  @Option(help: "How long self-attention is injected, written like --tau.")
  var selfTau: [String] = []

  @Option(help: ArgumentHelp("How strongly a word counts.", valueName: "word=value"))
  var w: [String] = []

  @Option(help: ArgumentHelp("The window of one word.", valueName: "word=window"))
  var tauWord: [String] = []

  @Option(help: "The seed of the noise.")
  var seed: [String] = []

  @Option(help: "Steps of the sampler (50).")
  var steps: String?

  @Option(help: "Guidance scale (7.5).")
  var cfg: String?

  @Option(help: "The sampler (ddim).")
  var sampler: String?

  @Option(help: "The picture's size, WxH (the model's own).")
  var size: String?

  @Option(help: "How attention maps are stored: f16 or f32.")
  var maps: String?

  @Option(help: "Side of the largest self-attention sites that may be injected.")
  var selfMax: String?

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

  @Flag(help: "Waits until everything is done.")
  var wait = false

  @Option(help: "Waits, and copies pictures here as they finish.")
  var out: String?

  /// Adds what was typed to a request.
  ///
  /// - Throws: what `SweepRequest.set` throws; `bad-option` where `=` is missing.
  func fill(_ request: inout SweepRequest) throws(EditError) {
    let singles: [(String, String?)] = [
      ("model", model), ("prompt", prompt), ("negative", negative), ("method", method),
      ("steps", steps), ("cfg", cfg), ("sampler", sampler), ("size", size), ("maps", maps),
      ("self_max", selfMax), ("priority", priority), ("name", name), ("key", key),
      ("reprompt", noReprompt ? "false" : nil),
    ]
    for (name, value) in singles {
      if let value { try request.set(name, to: value) }
    }
    for (name, values) in [("tau", tau), ("self_tau", selfTau), ("seed", seed), ("to", to)] {
      for value in values { try request.set(name, to: value) }
    }
    for (prefix, option, pairs) in [("w:", "--w", w), ("tau:", "--tau-word", tauWord)] {
      for pair in pairs {
        let (word, value) = try Self.split(pair, option)
        try request.set(prefix + word, to: value)
      }
    }
  }

  /// Splits at the first `=` outside quotes.
  private static func split(
    _ pair: String, _ option: String
  ) throws(EditError) -> (String, String) {
    var quoted = false
    for index in pair.indices {
      if pair[index] == "\"" { quoted.toggle() }
      if pair[index] == "=", !quoted, index > pair.startIndex {
        return (String(pair[..<index]), String(pair[pair.index(after: index)...]))
      }
    }
    throw EditError(
      "bad-option", .usage, "\(option) takes WORD=VALUE, not \"\(pair)\"", hint: "\(option) crown=2"
    )
  }
}
