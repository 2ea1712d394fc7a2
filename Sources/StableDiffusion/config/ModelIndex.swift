/// `model_index.json`: which pipeline a folder is.
public struct ModelIndex: Sendable, Hashable {
  /// The pipeline's class in diffusers.
  public let className: String

  /// Reads `folder/model_index.json`; throws `ModelError`, also for pipelines that are not run.
  public init(folder: String) throws {
    let file = try ConfigFile("\(folder)/model_index.json")
    guard let name = try file.optional("_class_name", as: String.self) else {
      throw file.wrong("_class_name", "the name of the pipeline is missing")
    }
    guard name == "StableDiffusionPipeline" else {
      throw ModelError(
        .unsupported, file: file.path, key: "_class_name",
        what: Self.refusal[name] ?? "the pipeline \(name) is not supported",
        hint: "use a model whose pipeline is StableDiffusionPipeline")
    }
    className = name
  }

  private static let refusal = [
    "StableDiffusionXLPipeline":
      "StableDiffusionXLPipeline is not supported: it has two text encoders",
    "StableDiffusionInpaintPipeline":
      "StableDiffusionInpaintPipeline is not supported: its UNet also wants a mask and a picture",
    "StableDiffusionInstructPix2PixPipeline":
      "StableDiffusionInstructPix2PixPipeline is not supported: its UNet also wants a picture",
    "StableDiffusionUpscalePipeline":
      "StableDiffusionUpscalePipeline is not supported: its UNet also wants a picture",
    "StableDiffusionDepth2ImgPipeline":
      "StableDiffusionDepth2ImgPipeline is not supported: its UNet also wants a depth map",
  ]
}
