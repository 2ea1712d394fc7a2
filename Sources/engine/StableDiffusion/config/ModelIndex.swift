/// `model_index.json`: which pipeline a folder is.
public struct ModelIndex: Sendable, Hashable {
  /// The pipeline's class in diffusers.
  public let className: String
  /// The folders of the text encoders, in the order in which their states stand side by side.
  public let textEncoders: [String]
  /// The folders of their tokenizers.
  public let tokenizers: [String]
  /// Whether the noise model sees hidden states from before the last layer.
  public let takesPenultimateStates: Bool
  /// Whether an empty negative prompt is zeros instead of the encoded empty text.
  public let zerosForEmptyPrompt: Bool
  /// Diffusers' class of the scheduler; `nil` where the file names none.
  public let schedulerClass: String?
  /// What the pipeline takes for `steps_offset` whatever the scheduler's config says; `nil` leaves it.
  public let stepsOffset: Int?
  /// Whether the pipeline takes latents of 64 for smaller ones that a UNet's config of before 0.9 says:
  /// it was written when sizes were not.
  public let mendsOldSampleSizes: Bool

  /// Reads `folder/model_index.json`; throws `ModelError`, also for pipelines that are not run.
  public init(folder: String) throws { try self.init(ConfigFile("\(folder)/model_index.json")) }

  init(_ file: ConfigFile) throws {
    guard let name = try file.optional("_class_name", as: String.self) else {
      throw file.wrong("_class_name", "the name of the pipeline is missing")
    }
    switch name {
    case "StableDiffusionPipeline":
      (textEncoders, tokenizers) = (["text_encoder"], ["tokenizer"])
      (takesPenultimateStates, zerosForEmptyPrompt) = (false, false)
      (stepsOffset, mendsOldSampleSizes) = (1, true)
    case "StableDiffusionXLPipeline":
      (textEncoders, tokenizers) = (
        ["text_encoder", "text_encoder_2"], ["tokenizer", "tokenizer_2"]
      )
      takesPenultimateStates = true
      zerosForEmptyPrompt = try file("force_zeros_for_empty_prompt", true)
      (stepsOffset, mendsOldSampleSizes) = (nil, false)
    default:
      throw ModelError(
        .unsupported, file: file.path, key: "_class_name",
        what: Self.refusal[name].map { "\(name) is not supported: \($0)" }
          ?? "the pipeline \(name) is not supported",
        hint: "use a model whose pipeline is StableDiffusionPipeline or StableDiffusionXLPipeline")
    }
    className = name
    // The library, and the class in it; both null where a pipeline has none.
    schedulerClass = (try? file.optional("scheduler", as: [String?].self))?.last ?? nil
  }

  private static let refusal = [
    "StableDiffusionInpaintPipeline": "its UNet also wants a mask and a picture",
    "StableDiffusionXLInpaintPipeline": "its UNet also wants a mask and a picture",
    "StableDiffusionInstructPix2PixPipeline": "its UNet also wants a picture",
    "StableDiffusionXLInstructPix2PixPipeline": "its UNet also wants a picture",
    "StableDiffusionXLImg2ImgPipeline": "it refines pictures that another model made",
    "StableDiffusionUpscalePipeline": "its UNet also wants a picture",
    "StableDiffusionLatentUpscalePipeline": "its UNet also wants a picture",
    "StableDiffusionDepth2ImgPipeline": "its UNet also wants a depth map",
  ]
}
