import Layers
import Tensors

/// Where a model's configs, tokenizers and weights are.
protocol ModelParts: Sendable {
  /// A config by its name in the diffusers layout, e.g. `unet/config.json`.
  func config(_ name: String) throws -> ConfigFile
  /// The file of a config; `nil` where it is built in.
  func configPath(_ name: String) -> String?
  /// The folder of a tokenizer by its name in the diffusers layout.
  func tokenizerFolder(_ name: String) -> String
  /// Every weight file, by role.
  var weightFiles: [(role: String, path: String)] { get }
  /// Every path beside configs and tokenizers' files that was read or looked for, whether it is there
  /// or not.
  var inputs: [String] { get }
  /// The hub's cache, where a tokenizer was looked for there.
  var tokenizerCache: String? { get }
  /// What decides the model's numbers and is no file, by role.
  var settings: [(role: String, value: String)] { get }
  /// What the weights say that the model predicts; `nil` where they say nothing.
  func prediction() throws -> SchedulerConfig.Prediction?
  /// Whether the configs do not know what the model predicts either.
  var leavesPredictionOpen: Bool { get }
  /// The tensors of a component of the model by diffusers' names.
  func weights(
    _ component: String, _ description: ModelDescription, on backend: any Backend
  ) throws -> any Weights
}

/// A folder in the diffusers layout.
struct FolderParts: ModelParts {
  let folder: String
  private var components: [(name: String, files: ComponentFiles)] = []
  private let vae: VAEFile?

  /// A folder whose weights are not looked for yet, and the autoencoder that is named beside it; throws
  /// `ModelError` and `SafetensorsError`.
  init(_ location: ModelLocation) throws {
    folder = location.path
    vae = try location.vae.map { try VAEFile(path: $0) }
  }

  /// Finds the weight files; throws `ModelError`.
  mutating func findWeights(_ textEncoders: [String], _ variant: ModelLocation.Variant?) throws {
    let networks = (vae == nil ? ["unet", "vae"] : ["unet"]).map {
      ($0, "diffusion_pytorch_model")
    }
    components = try (textEncoders.map { ($0, "model") } + networks).map { [folder] name, stem in
      (name, try ComponentFiles(folder: "\(folder)/\(name)", stem: stem, variant: variant))
    }
    guard case .named(let name) = variant, !components.contains(where: { $0.files.variant == name })
    else { return }
    throw ModelError(
      .missing, file: folder, key: "variant",
      what: "no part of it has weights of the variant \(name)",
      hint: "leave variant=\(name) out, or fetch them: p2p models pull org/name --variant \(name)")
  }

  func config(_ name: String) throws -> ConfigFile { try ConfigFile("\(folder)/\(name)") }
  func configPath(_ name: String) -> String? { "\(folder)/\(name)" }
  func tokenizerFolder(_ name: String) -> String { "\(folder)/\(name)" }

  var weightFiles: [(role: String, path: String)] {
    components.flatMap { name, files in
      (files.index.map { [("\(name).index", $0)] } ?? [])
        + files.paths.enumerated().map { ("\(name).weights.\($0)", $1) }
    } + vaeFile
  }

  private var vaeFile: [(role: String, path: String)] { vae.map { [("vae.file", $0.path)] } ?? [] }

  var inputs: [String] { components.flatMap(\.files.inputs) + vaeFile.map(\.path) }
  var tokenizerCache: String? { nil }
  var settings: [(role: String, value: String)] { [] }
  var leavesPredictionOpen: Bool { false }
  func prediction() throws -> SchedulerConfig.Prediction? { nil }

  func weights(
    _ component: String, _ description: ModelDescription, on backend: any Backend
  ) throws -> any Weights {
    if component == "vae", let vae { return vae.weights(description.vae, on: backend) }
    guard let found = components.first(where: { $0.name == component }) else {
      preconditionFailure("no component \(component)")
    }
    let spellings: PublishedSpellings =
      component == "unet" ? .unet : component == "vae" ? .vae : .textEncoder
    return try Checkpoint(found.files, spellings: spellings, on: backend)
  }
}
