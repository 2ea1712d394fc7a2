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
  /// The tensors of a component by diffusers' names.
  func weights(_ component: String, on backend: any Backend) throws -> any Weights
}

/// A folder in the diffusers layout.
struct FolderParts: ModelParts {
  let folder: String
  private let components: [(name: String, files: ComponentFiles)]

  /// Finds the weight files; throws `ModelError`.
  init(folder: String, textEncoders: [String]) throws {
    self.folder = folder
    let stems =
      textEncoders.map { ($0, "model") }
      + ["unet", "vae"].map {
        ($0, "diffusion_pytorch_model")
      }
    components = try stems.map { name, stem in
      (name, try ComponentFiles(folder: "\(folder)/\(name)", stem: stem))
    }
  }

  func config(_ name: String) throws -> ConfigFile { try ConfigFile("\(folder)/\(name)") }
  func configPath(_ name: String) -> String? { "\(folder)/\(name)" }
  func tokenizerFolder(_ name: String) -> String { "\(folder)/\(name)" }

  var weightFiles: [(role: String, path: String)] {
    components.flatMap { name, files in
      (files.index.map { [("\(name).index", $0)] } ?? [])
        + files.paths.enumerated().map { ("\(name).weights.\($0)", $1) }
    }
  }

  func weights(_ component: String, on backend: any Backend) throws -> any Weights {
    guard let found = components.first(where: { $0.name == component }) else {
      preconditionFailure("no component \(component)")
    }
    let spellings: PublishedSpellings =
      component == "unet" ? .unet : component == "vae" ? .vae : .textEncoder
    return try Checkpoint(found.files, spellings: spellings, on: backend)
  }
}
