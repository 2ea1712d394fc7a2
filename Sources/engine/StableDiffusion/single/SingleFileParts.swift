import FoundationEssentials
import Layers
import Safetensors
import Tensors

/// A checkpoint with all parts of a model in one file, in the layout of the original code.
///
/// The file has tensors alone. Configs and tokenizers are from the folder that is named, else from a
/// folder beside it with its name, else built in, with a tokenizer from the hub's cache.
struct SingleFileParts: ModelParts {
  let family: CheckpointFamily
  private let file: SafetensorsFile
  private let configs: Configs
  private let vae: VAEFile?

  private enum Configs: Sendable {
    case folder(String)
    case builtIn(BuiltInConfiguration, tokenizers: [String], CachedTokenizers)
  }

  /// What decides where configs are from: the file, and the folder beside it where none is named.
  private let places: [String]

  /// Opens the file and decides what it is; throws `ModelError` and `SafetensorsError`.
  init(_ location: ModelLocation) throws {
    try Pickle.refuse(location.path)
    file = try SafetensorsFile(path: location.path)
    family = try CheckpointFamily(file)
    vae = try location.vae.map { try VAEFile(path: $0) }
    let beside = location.config == nil ? Self.folderBeside(location.path) : nil
    let index = beside.map { "\($0)/model_index.json" }
    places = [location.path] + [index].compactMap(\.self)
    if let folder = location.config {
      configs = .folder(folder)
    } else if let folder = beside, let index, FileManager.default.fileExists(atPath: index) {
      configs = .folder(folder)
    } else {
      let builtIn = BuiltInConfiguration(family: family)
      let cached = CachedTokenizers()
      let folders = try cached.folders(builtIn.paddings, for: location.path)
      configs = .builtIn(builtIn, tokenizers: folders, cached)
    }
  }

  /// The folder that has the file's name, where there is one or not.
  private static func folderBeside(_ path: String) -> String? {
    guard let dot = path.lastIndex(of: "."), path[dot...] == ".safetensors" else { return nil }
    return String(path[..<dot])
  }

  func config(_ name: String) throws -> ConfigFile {
    switch configs {
    case .folder(let folder): try ConfigFile("\(folder)/\(name)")
    case .builtIn(let builtIn, _, _): try builtIn.config(name)
    }
  }

  func configPath(_ name: String) -> String? {
    guard case .folder(let folder) = configs else { return nil }
    return "\(folder)/\(name)"
  }

  func tokenizerFolder(_ name: String) -> String {
    switch configs {
    case .folder(let folder): "\(folder)/\(name)"
    case .builtIn(_, let folders, _): name == "tokenizer" ? folders[0] : folders[folders.count - 1]
    }
  }

  var weightFiles: [(role: String, path: String)] {
    [("checkpoint", file.name)] + (vae.map { [("vae.file", $0.path)] } ?? [])
  }

  var inputs: [String] {
    let places = places + (vae.map { [$0.path] } ?? [])
    guard case .builtIn(_, _, let cached) = configs else { return places }
    return places + cached.inputs
  }

  var tokenizerCache: String? {
    guard case .builtIn(_, _, let cached) = configs else { return nil }
    return cached.cache
  }

  var settings: [(role: String, value: String)] {
    guard case .builtIn = configs else { return [] }
    return [("configuration", "\(family.rawValue) \(BuiltInConfiguration.revision)")]
  }

  /// What the file says that it predicts; throws `ModelError` for what is not run.
  func prediction() throws -> SchedulerConfig.Prediction? {
    guard file.entries["ztsnr"] == nil else {
      throw ModelError(
        .unsupported, file: file.name, key: "ztsnr",
        what: "a model that was trained to begin without any signal is not supported")
    }
    switch file.metadata["modelspec.prediction_type"] {
    case "epsilon": return .epsilon
    case "v", "v_prediction": return .velocity
    default: return file.entries["v_pred"] == nil ? nil : .velocity
    }
  }

  /// Whether nothing says what the model predicts, so that it has to be tried: of the second version
  /// there are both kinds.
  var leavesPredictionOpen: Bool {
    guard family == .version2 else { return false }
    guard case .folder = configs else { return true }
    return (try? config("scheduler/scheduler_config.json"))?.has("prediction_type") == false
  }

  func weights(
    _ component: String, _ description: ModelDescription, on backend: any Backend
  ) throws -> any Weights {
    let naming: any TensorNaming
    switch component {
    case "unet": naming = OriginalUNet(description.unet)
    case "vae":
      if let vae { return vae.weights(description.vae, on: backend) }
      guard VAEFile.isInside(file) else {
        throw ModelError(
          .missing, file: file.name, what: "the file has no autoencoder",
          hint: "vae=FILE, a .safetensors file with one for \(family.title)")
      }
      naming = OriginalVAE(
        prefix: family.vaePrefix(file), levels: description.vae.blockOutChannels.count)
    default:
      let encoders = family.text(file)
      let place = description.index.textEncoders.firstIndex(of: component) ?? 0
      guard encoders.count == description.index.textEncoders.count else {
        throw ModelError(
          .damaged, file: file.name,
          what: "the file has \(encoders.count) text encoders, and the configuration "
            + "\(description.index.textEncoders.count)", hint: "name another folder of configs")
      }
      naming = encoders[place]
    }
    return Checkpoint([file], naming: naming, on: backend)
  }
}
