import Foundation

extension BrokenModel {
  /// Indices, configs and tokenizers that are damaged.
  static let texts: [BrokenModel] = shards + configs + tokenizers

  private static let index = "unet/diffusion_pytorch_model.safetensors.index.json"
  private static let shard = "diffusion_pytorch_model-00001-of-00002.safetensors"

  /// Puts the weights behind an index of this text.
  private static func indexed(_ text: String) -> @Sendable (ModelFolder) throws -> Void {
    { folder in
      try folder.move(ModelFolder.unet, to: "unet/\(shard)")
      try folder.write(index, Array(text.utf8))
    }
  }

  private static let shards = [
    BrokenModel(
      name: "a missing shard", word: "the index names it",
      spoil: indexed(#"{"weight_map": {"conv_in.bias": "\#(shard)", "x": "other.safetensors"}}"#)),
    BrokenModel(
      name: "an index with absent tensors", word: "and it is not",
      spoil: indexed(#"{"weight_map": {"no.such.weight": "\#(shard)"}}"#)),
    BrokenModel(
      name: "an index that leaves the folder", word: "not a file of this folder",
      spoil: indexed(#"{"weight_map": {"conv_in.bias": "../../secret.safetensors"}}"#)),
    BrokenModel(
      name: "an index without tensors", word: "names no file",
      spoil: indexed(#"{"weight_map": {}}"#)),
    BrokenModel(
      name: "an index of numbers", word: "weight_map",
      spoil: indexed(#"{"weight_map": {"conv_in.bias": 1}}"#)),
    BrokenModel(name: "an index cut off", word: "JSON", spoil: indexed(#"{"weight_map": {"conv"#)),
  ]

  private static let names = [
    "model_index.json", "unet/config.json", "vae/config.json", "text_encoder/config.json",
    "scheduler/scheduler_config.json",
  ]

  private static let configs =
    names.flatMap { name in
      [
        BrokenModel(name: "\(name): nothing", word: "JSON") { try $0.write(name, [UInt8]()) },
        BrokenModel(name: "\(name): a list", word: "JSON") {
          try $0.write(name, Array("[1]".utf8))
        },
        BrokenModel(name: "\(name): zeros", word: "JSON") {
          try $0.write(name, [UInt8](repeating: 0, count: 1000))
        },
        BrokenModel(name: "\(name): no UTF-8", word: "JSON") {
          try $0.write(name, Array("{\"".utf8) + [0xFF, 0xFE] + Array("\": 1}".utf8))
        },
        BrokenModel(name: "\(name): deep lists", word: "JSON") {
          try $0.write(name, Array(#"{"a": "#.utf8) + [UInt8](repeating: 0x5B, count: 4_000_000))
        },
        BrokenModel(name: "\(name): deep objects", word: "JSON") {
          try $0.write(name, Array(String(repeating: #"{"a":"#, count: 1_000_000).utf8))
        },
        BrokenModel(name: "\(name): 20 megabytes", word: "at most") {
          try $0.write(name, Array("{".utf8) + [UInt8](repeating: 0x20, count: 20 << 20))
        },
      ]
    } + [
      number("unet/config.json", "in_channels", "1e400"),
      number("unet/config.json", "in_channels", "99999999999999999999999999"),
      number("unet/config.json", "in_channels", "-4"),
      number("unet/config.json", "in_channels", "4.5"),
      number("unet/config.json", "norm_eps", "1e999999999"),
      number("unet/config.json", "sample_size", "9223372036854775807"),
      number("unet/config.json", "layers_per_block", "1000000"),
      number("unet/config.json", "transformer_layers_per_block", "16777216"),
      number("unet/config.json", "attention_head_dim", "0"),
      number("unet/config.json", "block_out_channels", "[1073741824, 1073741824, 1073741824]"),
      number("unet/config.json", "block_out_channels", "[]"),
      number("vae/config.json", "layers_per_block", "1000000"),
      number("vae/config.json", "scaling_factor", "0"),
      number("vae/config.json", "scaling_factor", "1e-60"),
      number("text_encoder/config.json", "num_hidden_layers", "1000000000"),
      number("text_encoder/config.json", "max_position_embeddings", "4294967296"),
      number("text_encoder/config.json", "vocab_size", "10"),
      number("scheduler/scheduler_config.json", "num_train_timesteps", "1000000000"),
      number("scheduler/scheduler_config.json", "beta_end", "1e300"),
      number("scheduler/scheduler_config.json", "steps_offset", "-1"),
    ]

  /// A config in which one number is another.
  private static func number(_ file: String, _ field: String, _ value: String) -> BrokenModel {
    BrokenModel(name: "\(file): \(field) is \(value)") {
      let pattern = try Regex("\"\(field)\": (\\[[^\\]]*\\]|[^,\\n]*)")
      try $0.rewrite(file) { $0.replacing(pattern, with: "\"\(field)\": \(value)") }
    }
  }

  private static let tokenizers =
    ["tokenizer/vocab.json", "tokenizer/merges.txt"].flatMap { name in
      [
        BrokenModel(name: "\(name) is missing") { try $0.remove(name) },
        BrokenModel(name: "\(name): noise") {
          try $0.write(name, (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 73 &+ 11) })
        },
        BrokenModel(name: "\(name): 40 megabytes") {
          try $0.write(name, [UInt8](repeating: 0x7B, count: 40 << 20))
        },
        BrokenModel(name: "\(name): a folder") {
          try $0.remove(name)
          try $0.write("\(name)/x", [0])
        },
      ]
    } + [
      BrokenModel(name: "vocab.json: deep") {
        try $0.write("tokenizer/vocab.json", [UInt8](repeating: 0x7B, count: 3_000_000))
      },
      BrokenModel(name: "vocab.json: a huge id") {
        try $0.rewrite("tokenizer/vocab.json") { "{\"q\":99999999999999999999," + $0.dropFirst() }
      },
      BrokenModel(name: "vocab.json: a token twice", word: "twice") {
        try $0.rewrite("tokenizer/vocab.json") { "{\"!\":1," + $0.dropFirst() }
      },
      BrokenModel(name: "vocab.json: empty", word: "special token") {
        try $0.write("tokenizer/vocab.json", Array("{}".utf8))
      },
      BrokenModel(name: "tokenizer_config.json: a list", word: "settings") {
        try $0.write("tokenizer/tokenizer_config.json", Array("[]".utf8))
      },
      BrokenModel(name: "tokenizer_config.json: deep", word: "settings") {
        try $0.write(
          "tokenizer/tokenizer_config.json", [UInt8](repeating: 0x5B, count: 4_000_000))
      },
      BrokenModel(name: "special_tokens_map.json: an unknown padding", word: "special token") {
        try $0.write("tokenizer/special_tokens_map.json", Array(#"{"pad_token": "no such"}"#.utf8))
      },
    ]
}
