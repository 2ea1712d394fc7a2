import Foundation
import StableDiffusion

/// A family's published configs, in a folder whose weights are empty files.
enum PublishedModel: String, CaseIterable, Sendable {
  case version1 = "Stable Diffusion 1.5"
  case version2 = "Stable Diffusion 2.1"
  case xl = "Stable Diffusion XL"

  /// Numbers of all weights that pictures take, as published: noise model, text, and the decoder.
  var weightCount: Int {
    let decoder = 49_490_179 + 20
    return switch self {
    case .version1: 859_520_964 + 123_060_480 + decoder
    case .version2: 865_910_724 + 340_387_840 + decoder
    case .xl: 2_567_463_684 + 123_060_480 + 694_659_840 + decoder
    }
  }

  /// Side of a picture in pixels.
  var side: Int {
    switch self {
    case .version1: 512
    case .version2: 768
    case .xl: 1024
    }
  }

  /// A folder that has the configs; fields that are defaults are left out, as in old files.
  func folder() throws -> ModelFolder {
    let folder = try ModelFolder(copying: nil)
    for (name, text) in texts { try folder.write(name, Array(text.utf8)) }
    var weights = [
      "unet/diffusion_pytorch_model", "vae/diffusion_pytorch_model", "text_encoder/model",
    ]
    if self == .xl { weights.append("text_encoder_2/model") }
    for name in weights { try folder.write("\(name).safetensors", [UInt8]()) }
    return folder
  }

  private var texts: [String: String] {
    var texts = [
      "model_index.json": #"{"_class_name": "StableDiffusionPipeline"}"#,
      "vae/config.json":
        #"{"block_out_channels": [128, 256, 512, 512], "layers_per_block": 2, "scaling_factor": 0.18215}"#,
      "scheduler/scheduler_config.json":
        #"{"_class_name": "PNDMScheduler", "beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012}"#,
      "text_encoder/config.json":
        #"{"hidden_size": 768, "intermediate_size": 3072, "num_attention_heads": 12, "num_hidden_layers": 12}"#,
    ]
    switch self {
    case .version1:
      texts["unet/config.json"] = #"{"cross_attention_dim": 768, "sample_size": 64}"#
    case .version2:
      texts["unet/config.json"] = """
        {"sample_size": 96, "cross_attention_dim": 1024, "attention_head_dim": [5, 10, 20, 20],
         "use_linear_projection": true}
        """
      texts["text_encoder/config.json"] = """
        {"hidden_size": 1024, "intermediate_size": 4096, "num_attention_heads": 16,
         "num_hidden_layers": 23, "hidden_act": "gelu"}
        """
    case .xl:
      texts["model_index.json"] =
        #"{"_class_name": "StableDiffusionXLPipeline", "force_zeros_for_empty_prompt": true}"#
      texts["unet/config.json"] = """
        {"sample_size": 128, "cross_attention_dim": 2048, "attention_head_dim": [5, 10, 20],
         "use_linear_projection": true, "block_out_channels": [320, 640, 1280],
         "transformer_layers_per_block": [1, 2, 10],
         "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
         "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
         "addition_embed_type": "text_time", "addition_time_embed_dim": 256,
         "projection_class_embeddings_input_dim": 2816}
        """
      texts["text_encoder_2/config.json"] = """
        {"architectures": ["CLIPTextModelWithProjection"], "hidden_size": 1280,
         "intermediate_size": 5120, "num_attention_heads": 20, "num_hidden_layers": 32,
         "hidden_act": "gelu", "projection_dim": 1280}
        """
    }
    return texts
  }
}
