/// The published configurations of the families, for a file that has tensors alone.
///
/// Fields that are diffusers' defaults are left out.
struct BuiltInConfiguration: Sendable {
  /// Raised when a text here changes on purpose: part of a model's digest.
  static let revision = 1

  let family: CheckpointFamily

  /// The padding of each tokenizer, in the order of the pipeline.
  var paddings: [String] {
    switch family {
    case .version1: ["<|endoftext|>"]
    case .version2: ["!"]
    case .xl: ["<|endoftext|>", "!"]
    }
  }

  /// The config of this name in the diffusers layout.
  func config(_ name: String) throws -> ConfigFile {
    guard let text = text(name) else { preconditionFailure("no config \(name)") }
    return try ConfigFile(text: text, name: "built-in \(family.rawValue) \(name)")
  }

  private func text(_ name: String) -> String? {
    switch name {
    case "model_index.json":
      family == .xl
        ? #"{"_class_name": "StableDiffusionXLPipeline", "force_zeros_for_empty_prompt": true}"#
        : #"{"_class_name": "StableDiffusionPipeline"}"#
    case "scheduler/scheduler_config.json":
      """
      {"beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012, "steps_offset": 1}
      """
    case "vae/config.json":
      """
      {"block_out_channels": [128, 256, 512, 512], "layers_per_block": 2,
       "scaling_factor": \(family == .xl ? 0.13025 : 0.18215)}
      """
    case "unet/config.json": unet
    case "text_encoder/config.json": family == .version2 ? Self.textH : Self.textL
    case "text_encoder_2/config.json": Self.textG
    default: nil
    }
  }

  private var unet: String {
    switch family {
    case .version1: #"{"sample_size": 64, "cross_attention_dim": 768, "attention_head_dim": 8}"#
    case .version2:
      """
      {"sample_size": 96, "cross_attention_dim": 1024, "attention_head_dim": [5, 10, 20, 20],
       "use_linear_projection": true}
      """
    case .xl:
      """
      {"sample_size": 128, "cross_attention_dim": 2048, "attention_head_dim": [5, 10, 20],
       "use_linear_projection": true, "block_out_channels": [320, 640, 1280],
       "transformer_layers_per_block": [1, 2, 10],
       "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
       "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
       "addition_embed_type": "text_time", "addition_time_embed_dim": 256,
       "projection_class_embeddings_input_dim": 2816}
      """
    }
  }

  /// CLIP ViT-L.
  private static let textL = """
    {"hidden_size": 768, "intermediate_size": 3072, "num_attention_heads": 12,
     "num_hidden_layers": 12, "hidden_act": "quick_gelu"}
    """
  /// OpenCLIP ViT-H, of whose layers the last one is left away.
  private static let textH = """
    {"hidden_size": 1024, "intermediate_size": 4096, "num_attention_heads": 16,
     "num_hidden_layers": 23, "hidden_act": "gelu"}
    """
  /// OpenCLIP ViT-bigG.
  private static let textG = """
    {"architectures": ["CLIPTextModelWithProjection"], "hidden_size": 1280,
     "intermediate_size": 5120, "num_attention_heads": 20, "num_hidden_layers": 32,
     "hidden_act": "gelu", "projection_dim": 1280}
    """
}
