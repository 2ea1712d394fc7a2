import FoundationEssentials
import Layers
import Safetensors
import Tensors

/// A file with an autoencoder, in the place of a model's own: on its own or inside a whole checkpoint,
/// with diffusers' names or those of the original code.
struct VAEFile: Sendable {
  /// Where it is.
  let path: String
  private let file: SafetensorsFile
  private let naming: Naming

  private enum Naming: Sendable {
    case original(prefix: String)
    case diffusers(prefix: String)
  }

  /// Opens the file and decides how it names its tensors; throws `ModelError` and `SafetensorsError`.
  init(path: String) throws {
    self.path = path
    var isFolder = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ModelError(
        .missing, file: path, key: "vae", what: "the file is not there",
        hint: "vae=FILE, a .safetensors file with an autoencoder")
    }
    guard !isFolder else {
      throw ModelError(
        .unsupported, file: path, key: "vae", what: "it is a folder, not a file",
        hint: "vae=\(path)/diffusion_pytorch_model.safetensors")
    }
    try Pickle.refuse(path)
    file = try SafetensorsFile(path: path)
    guard let naming = Self.naming(file) else {
      throw ModelError(
        .unsupported, file: path, key: "vae", what: "it has no autoencoder of Stable Diffusion",
        hint: "vae=FILE, a .safetensors file with an autoencoder")
    }
    self.naming = naming
  }

  /// How a file names an autoencoder's tensors; `nil` where it has none.
  private static func naming(_ file: SafetensorsFile) -> Naming? {
    for prefix in ["", "vae.", "first_stage_model."]
    where file.entries["\(prefix)decoder.conv_in.weight"] != nil {
      let blocks = ["block_1", "attn_1"].map { "\(prefix)decoder.mid.\($0)." }
      let isOriginal = file.entries.keys.contains { name in blocks.contains { name.hasPrefix($0) } }
      return isOriginal ? .original(prefix: prefix) : .diffusers(prefix: prefix)
    }
    return nil
  }

  /// Whether a whole checkpoint has an autoencoder.
  static func isInside(_ file: SafetensorsFile) -> Bool { naming(file) != nil }

  /// The tensors of the autoencoder by diffusers' names.
  func weights(_ config: VAEConfig, on backend: any Backend) -> any Weights {
    let levels = config.blockOutChannels.count
    return switch naming {
    case .original(let prefix):
      Checkpoint([file], naming: OriginalVAE(prefix: prefix, levels: levels), on: backend)
    case .diffusers(let prefix):
      Checkpoint([file], naming: Prefixed(prefix: prefix), on: backend)
    }
  }

  /// Diffusers' names of an autoencoder in any spelling, with something before them.
  private struct Prefixed: TensorNaming {
    let prefix: String

    func sources(of path: String) -> [TensorSource] {
      PublishedSpellings.vae.names(of: path).map { TensorSource(prefix + $0) }
    }
  }
}
