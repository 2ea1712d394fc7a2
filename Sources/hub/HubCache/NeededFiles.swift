public import Files

/// The files of a repository that a run of Stable Diffusion reads, and no others.
public struct NeededFiles: Sendable, Hashable {
  /// Which weights are taken.
  public enum Choice: Sendable, Hashable {
    /// The plain ones.
    case plain
    /// Those of a variant such as `fp16`, and the plain ones where a component has no such.
    case variant(String)
    /// The plain ones, else those of any variant: for what is in the cache already.
    case any
  }

  /// `model_index.json`, configurations, tokenizers, the scheduler; sorted.
  public private(set) var small: [HubPath] = []
  /// Weight files that are whole.
  public private(set) var weights: [HubPath] = []
  /// Indices of weights in shards; `ShardIndex` reads what they list.
  public private(set) var indices: [HubPath] = []
  /// Components that have no weights of the variant, so that the plain ones are taken.
  public private(set) var withoutVariant: [String] = []

  /// Everything but shards.
  public var all: [HubPath] { small + indices + weights }

  private static let required = ["unet", "vae", "text_encoder", "tokenizer", "scheduler"]
  private static let tokenizers = ["tokenizer", "tokenizer_2"]

  /// Chooses from a repository's files.
  ///
  /// - Parameter model: the repository, as errors name it.
  /// - Throws: `not-diffusers`, `no-weights`, `pickle-weights` (65).
  public init(
    of paths: [HubPath], choice: Choice, model: String
  ) throws(EditError) {
    guard paths.contains(where: { $0.description == "model_index.json" }) else {
      throw Self.notDiffusers(paths, model)
    }
    let components = Set(paths.compactMap(\.component))
    let missing = Self.required.filter { !components.contains($0) }
    guard missing.isEmpty else {
      throw EditError(
        "not-diffusers", .data,
        "\(model) has no folder \(missing.joined(separator: ", ")): it is no"
          + " Stable Diffusion 1, 2 or XL",
        details: ["its folders: \(components.sorted().joined(separator: ", ").printable)"])
    }
    small = paths.filter(Self.isSmall).sorted()
    let files = paths.compactMap(WeightFile.init)
    for component in WeightFile.stems.keys.sorted() where components.contains(component) {
      let own = files.filter { $0.component == component }.sorted { $0.path < $1.path }
      guard let chosen = Self.choose(own, choice) else {
        throw Self.noWeights(component, own, paths, choice, model)
      }
      if chosen.isIndex { indices.append(chosen.path) } else { weights.append(chosen.path) }
      if case .variant = choice, chosen.variant == nil { withoutVariant.append(component) }
    }
    if case .variant(let name) = choice, withoutVariant.count == indices.count + weights.count {
      throw EditError(
        "no-weights", .data, "\(model) has no weights of the variant \(name.printable)",
        details: ["its variants: \(Self.variants(files))"], hint: "leave --variant out")
    }
  }

  private static func isSmall(_ path: HubPath) -> Bool {
    let segments = path.segments
    guard segments.count == 2 else { return path.description == "model_index.json" }
    let (folder, name) = (String(segments[0]), path.name)
    if tokenizers.contains(folder) { return name.hasSuffix(".json") || name == "merges.txt" }
    if folder == "scheduler" { return name == "scheduler_config.json" }
    return WeightFile.stems[folder] != nil && name == "config.json"
  }

  private static func choose(_ files: [WeightFile], _ choice: Choice) -> WeightFile? {
    // A whole file is preferred to shards of the same.
    let ordered = files.filter { !$0.isIndex } + files.filter(\.isIndex)
    let plain = ordered.first { $0.variant == nil }
    return switch choice {
    case .plain: plain
    case .variant(let name): ordered.first { $0.variant == name } ?? plain
    case .any: plain ?? ordered.first
    }
  }

  private static func variants(_ files: [WeightFile]) -> String {
    let names = Set(files.compactMap(\.variant))
    return names.isEmpty ? "none" : names.sorted().joined(separator: ", ").printable
  }

  private static func noWeights(
    _ component: String, _ files: [WeightFile], _ paths: [HubPath], _ choice: Choice,
    _ model: String
  ) -> EditError {
    if let variant = files.first?.variant {
      let what =
        if case .variant(let name) = choice {
          "\(model) has no weights of the variant \(name.printable) for \(component), and no plain ones"
        } else {
          "\(model) has the weights of \(component) only as variants"
        }
      return EditError(
        "no-weights", .data, what,
        details: ["its variants: \(variants(files))"], hint: "--variant \(variant.printable)")
    }
    let pickles = paths.filter {
      $0.component == component
        && [".bin", ".ckpt", ".pt", ".pth"].contains(where: $0.name.hasSuffix)
    }
    if let pickle = pickles.first {
      return EditError(
        "pickle-weights", .data,
        "\(model) has the weights of \(component) only as a pickle, \(pickle.description.printable)",
        details: ["a pickle runs code when it is read, so p2p reads safetensors alone"],
        hint: "another revision, or a copy of the model that was converted to safetensors")
    }
    return EditError("no-weights", .data, "\(model) has no weights in the folder \(component)")
  }

  private static func notDiffusers(_ paths: [HubPath], _ model: String) -> EditError {
    let single = paths.filter { $0.component == nil && $0.name.hasSuffix(".safetensors") }
    return EditError(
      "not-diffusers", .data, "\(model) has no model_index.json: it is not in diffusers' layout",
      details: single.prefix(5).map { "it has the single file \($0.description.printable)" },
      hint: "a repository in diffusers' layout")
  }
}
