import FoundationEssentials
public import Layers

/// What a model's configs say: enough to plan and to check without loading weights.
public struct ModelDescription: Sendable {
  /// Where the model is.
  public let location: ModelLocation
  /// Which pipeline it is.
  public let index: ModelIndex
  /// The noise model.
  public let unet: UNetConfig
  /// The autoencoder.
  public let vae: VAEConfig
  /// The text encoders.
  public let textEncoders: [CLIPTextConfig]
  /// The noise that it was trained with.
  public internal(set) var scheduler: SchedulerConfig
  /// Whether nothing says what the model predicts: it is tried when the model is loaded.
  public let leavesPredictionOpen: Bool
  /// The noise model's blocks and sites.
  public let geometry: UNetGeometry
  let parts: any ModelParts

  /// Reads the configs of a model and finds its weight files; throws `ModelError`.
  ///
  /// `folder` is the text of any `ModelLocation`: a single file too.
  public init(folder: String) throws { try self.init(ModelLocation(folder)) }

  /// Reads the configs of a model and finds its weight files; throws `ModelError`, and
  /// `SafetensorsError` for a single file that is damaged.
  public init(_ location: ModelLocation) throws {
    var location = location
    while location.path.count > 1, location.path.hasSuffix("/") { location.path.removeLast() }
    self.location = location
    var folder = location.isFile ? nil : try FolderParts(location)
    let found: any ModelParts = try folder ?? SingleFileParts(location)
    // Configs first: what they say of a model that is not run explains more than a missing file.
    let index = try ModelIndex(found.config("model_index.json"))
    unet = try UNetConfig(found.config("unet/config.json"), index)
    vae = try VAEConfig(found.config("vae/config.json"))
    textEncoders = try index.textEncoders.map {
      try CLIPTextConfig(found.config("\($0)/config.json"))
    }
    var scheduler = try SchedulerConfig(found.config("scheduler/scheduler_config.json"), index)
    let prediction = try location.prediction ?? found.prediction()
    scheduler.prediction = prediction ?? scheduler.prediction
    leavesPredictionOpen = prediction == nil && found.leavesPredictionOpen
    (self.index, self.scheduler, geometry) = (index, scheduler, UNetGeometry(unet))
    try folder?.findWeights(index.textEncoders, location.variant)
    parts = folder ?? found
    try checkThatPartsFit()
  }

  /// The model's folder or file, without a slash at its end.
  public var folder: String { location.path }

  private func checkThatPartsFit() throws {
    func misfit(_ file: String, _ key: String, _ what: String) -> ModelError {
      ModelError(
        .damaged, file: parts.configPath(file) ?? "built-in \(file)", key: key, what: what,
        hint: "check that the folder's parts belong to one model")
    }
    let states = textEncoders.reduce(0) { $0 + $1.hiddenSize }
    guard unet.crossAttentionDim == states else {
      throw misfit(
        "unet/config.json", "cross_attention_dim",
        "\(unet.crossAttentionDim), and the hidden states of the text have \(states)")
    }
    for (name, config) in zip(index.textEncoders, textEncoders) where config.window != textLength {
      throw misfit(
        "\(name)/config.json", "max_position_embeddings",
        "\(config.window), and the first text encoder's window has \(textLength)")
    }
    if let addition = unet.addition, addition.pooledChannels != textEncoders.last?.projectionSize {
      let pooled = textEncoders.last?.projectionSize.map { "\($0)" } ?? "none"
      throw misfit(
        "unet/config.json", "projection_class_embeddings_input_dim",
        "it wants \(addition.pooledChannels) channels of pooled text, and the text encoder has "
          + pooled)
    }
    guard unet.inChannels == vae.latentChannels else {
      throw misfit(
        "unet/config.json", "in_channels",
        "\(unet.inChannels), and the autoencoder's latents have \(vae.latentChannels)")
    }
  }

  /// What of the configs is not obeyed, a sentence each, for whoever asks for pictures.
  public var notes: [String] { unet.notes + scheduler.notes }

  /// `sd1`, `sd2` or `sdxl`: a name for people; what runs follows the configs.
  public var family: String {
    textEncoders.count > 1 ? "sdxl" : unet.useLinearProjection ? "sd2" : "sd1"
  }

  /// Pixels that one latent position covers on each side.
  public var vaeFactor: Int { vae.factor }

  /// Sides of pictures are multiples of this many pixels.
  public var sizeMultiple: Int { vaeFactor << (geometry.levels - 1) }

  /// The picture size that the model was trained for, in pixels.
  public var defaultSize: FeatureSize {
    FeatureSize(rows: unet.sampleSize * vaeFactor, columns: unet.sampleSize * vaeFactor)
  }

  /// Tokens of the text encoders' window, BOS and EOS included.
  public var textLength: Int { textEncoders[0].window }

  /// Folders of the tokenizers' files, one for each text encoder.
  public var tokenizerFolders: [String] { index.tokenizers.map(parts.tokenizerFolder) }

  /// Folder of the first tokenizer's files, whose tokens edits are said in.
  public var tokenizerFolder: String { tokenizerFolders[0] }

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
}
