import EditJobs
import Imaging

/// The texts of a unit's picture: functions of its key, so no names, paths or times.
enum PictureTexts {
  /// `parameters`, which other programs read, and `p2p`, from which the run can be made again.
  static func texts(_ source: SourceSpec, edit: ResolvedEdit? = nil) throws -> [PNGText] {
    [
      try infotext(source, edit).pngText(),
      PNGText(keyword: "p2p", text: resolved(source, edit).text),
    ]
  }

  private static func infotext(_ source: SourceSpec, _ edit: ResolvedEdit?) -> Infotext {
    typealias Pair = Infotext.Pair
    var pairs = [
      Pair("Steps", "\(source.steps)"), Pair("Sampler", source.sampler.title),
      Pair("CFG scale", number(source.guidance)),
      Pair("Size", "\(source.width)x\(source.height)"),
    ]
    if let photograph = source.photograph {
      pairs += [
        Pair("P2P image", "\(photograph.image)"),
        Pair("P2P inversion", photograph.inversion.rawValue),
      ]
    } else {
      pairs.insert(Pair("Seed", "\(source.seed)"), at: 3)
      pairs.append(Pair("RNG", "CPU"))
    }
    if let edit {
      pairs += [
        Pair("P2P source", source.prompt), Pair("P2P edit", edit.method.rawValue),
        Pair("P2P tau", window(edit.cross, edit)),
        Pair("P2P self tau", window(edit.selfWindow, edit)),
        Pair(
          "P2P weights",
          edit.weights.map { "@\($0.token)=\(number($0.value))" }.joined(separator: ", ")),
      ]
    }
    pairs.append(Pair("Version", "p2p"))
    return Infotext(
      prompt: edit?.prompt ?? source.prompt, negative: source.negative, pairs: pairs)
  }

  private static func resolved(_ source: SourceSpec, _ edit: ResolvedEdit?) -> CanonicalJSON {
    let sourceKey = source.key
    var numerics: [String: CanonicalJSON] = [
      "compute": .string(source.compute.rawValue), "mode": .string(source.numerics.mode.rawValue),
      "revision": .integer(Int64(source.numerics.revision)),
    ]
    if let kernels = source.numerics.kernels { numerics["kernels"] = .string(kernels) }
    var members: [String: CanonicalJSON] = [
      "p2p": .integer(1), "kind": .string(edit == nil ? "source" : "variant"),
      "key": .string((edit?.key(source: sourceKey) ?? sourceKey).description),
      "numerics": .object(numerics),
      "model": .object(["digest": .string("sha256:\(source.model)")]),
      "size": .array([.integer(Int64(source.width)), .integer(Int64(source.height))]),
      "sampler": .object([
        "name": .string(source.sampler.rawValue), "steps": .integer(Int64(source.steps)),
        "eta": .integer(0),
      ]),
      "source": .object([
        "key": .string(sourceKey.description), "prompt": .string(source.prompt),
      ]),
    ]
    for part in SourceSpec.parts {
      if let value = part.json?(source) { members[part.name] = value }
    }
    if let photograph = source.photograph {
      members["image"] = .object([
        "sha256": .string("\(photograph.image)"),
        "inversion": .string(photograph.inversion.rawValue),
      ])
    } else {
      members["seed"] = .unsigned(source.seed)
    }
    if let edit { members["edit"] = resolved(edit) }
    return .object(members)
  }

  private static func resolved(_ edit: ResolvedEdit) -> CanonicalJSON {
    func steps(_ window: StepWindow) -> CanonicalJSON {
      .array([.integer(Int64(window.from)), .integer(Int64(window.to))])
    }
    func tokens(_ list: [Int]) -> CanonicalJSON { .array(list.map { .integer(Int64($0)) }) }
    var members: [String: CanonicalJSON] = [
      "prompt": .string(edit.prompt), "method": .string(edit.method.rawValue),
      "compat": edit.compat.map { .string($0.rawValue) } ?? .null, "cross": steps(edit.cross),
      "self": steps(edit.selfWindow),
      "words": .object(
        Dictionary(
          edit.crossTokens.map { ("@\($0.token)", steps($0.window)) },
          uniquingKeysWith: { first, _ in first })),
      "weights": .array(
        edit.weights.map {
          .object([
            "tokens": tokens([$0.token]), "value": .number($0.value), "window": steps($0.window),
          ])
        }),
    ]
    if let blend = edit.blend {
      members["blend"] = .object([
        "tokens": .array([tokens(blend.source), tokens(blend.edit)]),
        "substract": .array([tokens(blend.substractSource), tokens(blend.substractEdit)]),
        "threshold": .number(blend.threshold),
        "substract_threshold": .number(blend.substractThreshold),
        "start": .integer(Int64(blend.start)),
      ])
    }
    return .object(members)
  }

  private static func number(_ value: Double) -> String { CanonicalJSON.number(value).text }

  private static func window(_ window: StepWindow, _ edit: ResolvedEdit) -> String {
    "\(window.from)-\(window.to) of \(edit.steps)"
  }
}
