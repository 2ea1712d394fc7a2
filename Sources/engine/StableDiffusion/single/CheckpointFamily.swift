import Safetensors

/// Which family a single-file checkpoint belongs to, by the names of its tensors.
enum CheckpointFamily: String, Sendable {
  case version1 = "sd1"
  case version2 = "sd2"
  case xl = "sdxl"

  /// Looks at names first; a file of any other kind is refused with what it is (`ModelError`).
  init(_ file: SafetensorsFile) throws {
    let names = file.entries.keys
    func has(_ prefix: String) -> Bool { names.contains { $0.hasPrefix(prefix) } }
    func refuse(_ what: String, _ hint: String) -> ModelError {
      ModelError(.unsupported, file: file.name, what: what, hint: hint)
    }
    for (part, what) in Self.otherKinds where names.contains(where: { $0.contains(part) }) {
      throw refuse("it is \(what), no whole Stable Diffusion model", Self.hint)
    }
    guard let first = file.entries[OriginalUNet.prefix + "input_blocks.0.0.weight"] else {
      if has("down_blocks.") || has("text_model.") || has("encoder.") || has("decoder.") {
        throw refuse(
          "it is one part of a model, not all of it", "name the folder with model_index.json")
      }
      throw refuse(
        "it has no tensor \(OriginalUNet.prefix)input_blocks.0.0.weight: it is no checkpoint of "
          + "Stable Diffusion", Self.hint)
    }
    let channels = first.shape.count > 1 ? first.shape[1] : 0
    if let what = Self.otherInputs[channels] {
      throw refuse("its UNet has \(channels) input channels: \(what)", Self.hint)
    }
    if has("conditioner.embedders.1.model.") {
      self = .xl
    } else if has("conditioner.embedders.0.model.") {
      guard !has(OriginalUNet.prefix + "label_emb.") else {
        throw refuse(
          "it is a refiner: it goes on with pictures that another model began", Self.hint)
      }
      self = .version2
    } else if has("cond_stage_model.model.") {
      self = .version2
    } else if has("cond_stage_model.transformer.") {
      self = .version1
    } else {
      throw refuse("it has no text encoder that is known", Self.hint)
    }
  }

  /// What people call it.
  var title: String {
    switch self {
    case .version1: "Stable Diffusion 1.x"
    case .version2: "Stable Diffusion 2.x"
    case .xl: "Stable Diffusion XL"
    }
  }

  private static let hint = "use a text-to-image model of Stable Diffusion 1.x, 2.x or XL"

  private static let otherKinds = [
    ("lora_", "a LoRA"), (".lora.", "a LoRA"), ("control_model.", "a ControlNet"),
    ("double_blocks.", "a Flux model"), ("joint_blocks.", "a Stable Diffusion 3 model"),
  ]

  private static let otherInputs = [
    9: "it is an inpainting model and also wants a mask and a picture",
    8: "it is an instruct-pix2pix model and edits by instruction",
    5: "it is a depth model", 7: "it is an upscaler",
  ]

  /// Where the text encoders' tensors are, in the order of the pipeline.
  func text(_ file: SafetensorsFile) -> [OriginalText] {
    switch self {
    case .version1: [.transformers(prefix: "cond_stage_model.transformer.")]
    case .version2:
      [
        .openCLIP(
          prefix: file.entries.keys.contains { $0.hasPrefix("cond_stage_model.model.") }
            ? "cond_stage_model.model." : "conditioner.embedders.0.model.")
      ]
    case .xl:
      [
        .transformers(prefix: "conditioner.embedders.0.transformer."),
        .openCLIP(prefix: "conditioner.embedders.1.model."),
      ]
    }
  }

  /// What stands before the autoencoder's names.
  func vaePrefix(_ file: SafetensorsFile) -> String {
    file.entries.keys.contains { $0.hasPrefix("first_stage_model.") }
      ? "first_stage_model." : "vae."
  }
}
