import Foundation
import Safetensors

/// Configs for the checkpoints among the seeds: the least that a model of each version may have.
enum TinyModels {
  /// The folder of configs for a checkpoint, by the names that it seems to have.
  static func folder(for checkpoint: [UInt8]) -> String {
    let bytes = Data(checkpoint)
    let version =
      bytes.range(of: Data("embedders.1".utf8)) != nil
      ? 2 : bytes.range(of: Data("_model.model.".utf8)) != nil ? 1 : 0
    return folders[version]
  }

  /// A folder of configs and a tokenizer for each version.
  private static let folders: [String] = ["version1", "version2", "xl"].map { name in
    let folder = Scratch.folder(name)
    for (path, text) in texts(name) {
      _ = Scratch.folder("\(name)/\(path.split(separator: "/")[0])")
      Scratch.write(Array(text.utf8), "\(folder)/\(path)")
    }
    let pipeline = name == "xl" ? "StableDiffusionXLPipeline" : "StableDiffusionPipeline"
    Scratch.write(Array(#"{"_class_name": "\#(pipeline)"}"#.utf8), "\(folder)/model_index.json")
    return folder
  }

  private static func texts(_ name: String) -> [String: String] {
    let (first, second) = (name == "version1", name == "xl")
    let channels = first ? "[2, 2]" : "[2]"
    let blocks = first ? #"["DownBlock2D", "CrossAttnDownBlock2D"]"# : #"["CrossAttnDownBlock2D"]"#
    let ups = first ? #"["UpBlock2D", "UpBlock2D"]"# : #"["UpBlock2D"]"#
    let added = """
      , "addition_embed_type": "text_time", "addition_time_embed_dim": 2,
      "projection_class_embeddings_input_dim": 14
      """
    let text = """
      {"vocab_size": 7, "hidden_size": 2, "intermediate_size": 4, "num_hidden_layers": 1,
       "num_attention_heads": 1, "max_position_embeddings": 8, "eos_token_id": 1,
       "projection_dim": 2, "architectures": ["CLIPTextModel
      """
    var texts = [
      "scheduler/scheduler_config.json": "{}",
      "unet/config.json": """
      {"sample_size": 8, "block_out_channels": \(channels), "layers_per_block": 1,
       "norm_num_groups": 1, "attention_head_dim": 1, "cross_attention_dim": \(second ? 4 : 2),
       "down_block_types": \(blocks), "up_block_types": \(ups),
       "use_linear_projection": \(!first)\(second ? added : "")}
      """,
      "vae/config.json": """
      {"block_out_channels": \(channels), "norm_num_groups": 1,
       "up_block_types": [\(first ? "\"UpDecoderBlock2D\", " : "")"UpDecoderBlock2D"]}
      """,
      "text_encoder/config.json": text + #""]}"#,
    ]
    if second { texts["text_encoder_2/config.json"] = text + #"WithProjection"]}"# }
    for tokenizer in second ? ["tokenizer", "tokenizer_2"] : ["tokenizer"] {
      texts["\(tokenizer)/vocab.json"] = TokenizerReaders.vocabularyText
      texts["\(tokenizer)/merges.txt"] = TokenizerReaders.mergesText
    }
    return texts
  }

  /// The shards that the indices among the seeds name, in a folder.
  static func writeShards(_ folder: String) {
    var first = SafetensorsWriter()
    first.add("text_model.a.weight", shape: [2], [1, 2])
    var second = SafetensorsWriter()
    second.add("b.weight", .float16, shape: [2, 1], bytes: [0, 60, 0, 64])
    second.add("b.bias", shape: [1], [3])
    Scratch.write(first.bytes(), "\(folder)/model-00001-of-00002.safetensors")
    Scratch.write(second.bytes(), "\(folder)/model-00002-of-00002.safetensors")
  }
}
