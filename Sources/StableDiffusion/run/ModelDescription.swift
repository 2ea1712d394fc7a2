import FoundationEssentials
public import Layers

/// What a model folder's configs say: enough to plan and to check without loading weights.
public struct ModelDescription: Sendable {
  /// The folder, without a slash at its end.
  public let folder: String
  /// Which pipeline it is.
  public let index: ModelIndex
  /// The noise model.
  public let unet: UNetConfig
  /// The autoencoder.
  public let vae: VAEConfig
  /// The text encoder.
  public let textEncoder: CLIPTextConfig
  /// The noise that it was trained with.
  public let scheduler: SchedulerConfig
  /// The noise model's blocks and sites.
  public let geometry: UNetGeometry
  let weightFiles: [(component: String, files: ComponentFiles)]

  /// Reads the configs of `folder` and finds its weight files; throws `ModelError`.
  public init(folder: String) throws {
    var folder = folder
    while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
    self.folder = folder
    index = try ModelIndex(folder: folder)
    unet = try UNetConfig(path: "\(folder)/unet/config.json")
    vae = try VAEConfig(path: "\(folder)/vae/config.json")
    textEncoder = try CLIPTextConfig(path: "\(folder)/text_encoder/config.json")
    scheduler = try SchedulerConfig(path: "\(folder)/scheduler/scheduler_config.json")
    geometry = UNetGeometry(unet)
    weightFiles = try [
      ("text_encoder", "model"), ("unet", "diffusion_pytorch_model"),
      ("vae", "diffusion_pytorch_model"),
    ].map { ($0, try ComponentFiles(folder: "\(folder)/\($0)", stem: $1)) }
    try checkThatPartsFit()
  }

  private func checkThatPartsFit() throws {
    func misfit(_ file: String, _ key: String, _ what: String) -> ModelError {
      ModelError(
        .damaged, file: "\(folder)/\(file)", key: key, what: what,
        hint: "check that the folder's parts belong to one model")
    }
    guard unet.crossAttentionDim == textEncoder.hiddenSize else {
      throw misfit(
        "unet/config.json", "cross_attention_dim",
        "\(unet.crossAttentionDim), and the text encoder's states have \(textEncoder.hiddenSize)")
    }
    guard unet.inChannels == vae.latentChannels else {
      throw misfit(
        "unet/config.json", "in_channels",
        "\(unet.inChannels), and the autoencoder's latents have \(vae.latentChannels)")
    }
  }

  /// Refuses a tokenizer with tokens that the text encoder has no vector for.
  func checkVocabulary() throws {
    let path = "\(tokenizerFolder)/vocab.json"
    let largest = try ConfigFile.decode([String: Int].self, from: path).values.max() ?? 0
    guard largest < textEncoder.vocabularySize else {
      throw ModelError(
        .damaged, file: path,
        what: "token \(largest), and the text encoder knows \(textEncoder.vocabularySize) tokens",
        hint: "check that the folder's parts belong to one model")
    }
  }

  /// `sd1` or `sd2`.
  public var family: String { unet.useLinearProjection ? "sd2" : "sd1" }

  /// Pixels that one latent position covers on each side.
  public var vaeFactor: Int { vae.factor }

  /// Sides of pictures are multiples of this many pixels.
  public var sizeMultiple: Int { vaeFactor << (geometry.levels - 1) }

  /// The picture size that the model was trained for, in pixels.
  public var defaultSize: FeatureSize {
    FeatureSize(rows: unet.sampleSize * vaeFactor, columns: unet.sampleSize * vaeFactor)
  }

  /// Tokens of the text encoder's window, BOS and EOS included.
  public var textLength: Int { textEncoder.window }

  /// Folder of the tokenizer's files.
  public var tokenizerFolder: String { "\(folder)/tokenizer" }

  /// The noise of each training timestep.
  public var noiseSchedule: NoiseSchedule { NoiseSchedule(scheduler) }

  /// Whether a picture side of `pixels` is legal.
  public func isLegal(side pixels: Int) -> Bool {
    pixels > 0 && pixels % sizeMultiple == 0
  }

  /// The legal picture side nearest to `pixels`, the larger one of two.
  public func nearestLegal(side pixels: Int) -> Int {
    max(1, (max(pixels, 0) + sizeMultiple / 2) / sizeMultiple) * sizeMultiple
  }

  /// The latent's shape (C, h, w) for a picture of legal size in pixels.
  public func latentShape(height: Int, width: Int) -> [Int] {
    [unet.inChannels, height / vaeFactor, width / vaeFactor]
  }

  /// Every file that decides the model's numbers, by role; the roles are unique.
  public var loadedFiles: [(role: String, path: String)] {
    var files = [
      ("model_index", "model_index.json"), ("scheduler.config", "scheduler/scheduler_config.json"),
      ("text_encoder.config", "text_encoder/config.json"), ("unet.config", "unet/config.json"),
      ("vae.config", "vae/config.json"),
    ].map { (role: $0, path: "\(folder)/\($1)") }
    for name in ["vocab.json", "merges.txt", "special_tokens_map.json", "tokenizer_config.json"] {
      let path = "\(tokenizerFolder)/\(name)"
      if FileManager.default.fileExists(atPath: path) { files.append(("tokenizer.\(name)", path)) }
    }
    for (component, found) in weightFiles {
      if let index = found.index { files.append(("\(component).index", index)) }
      for (shard, path) in found.paths.enumerated() {
        files.append(("\(component).weights.\(shard)", path))
      }
    }
    return files
  }
}
