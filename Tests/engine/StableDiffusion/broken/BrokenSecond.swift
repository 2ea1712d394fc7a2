import Foundation

extension BrokenModel {
  /// Damage to the second text encoder and its tokenizer.
  static let second: [BrokenModel] = [
    BrokenModel(name: "no second weights", word: "text_encoder_2/model.safetensors") {
      try $0.remove("text_encoder_2/model.safetensors")
    },
    BrokenModel(name: "no second config", word: "text_encoder_2/config.json") {
      try $0.remove("text_encoder_2/config.json")
    },
    BrokenModel(name: "no second tokenizer", word: "tokenizer_2") {
      try $0.remove("tokenizer_2/vocab.json")
    },
    BrokenModel(name: "no second merges", word: "tokenizer_2") {
      try $0.remove("tokenizer_2/merges.txt")
    },
    BrokenModel(name: "the first encoder's weights twice", word: "text_encoder_2") {
      try $0.write("text_encoder_2/model.safetensors", $0.bytes("text_encoder/model.safetensors"))
    },
    BrokenModel(name: "the first encoder's config twice", word: "cross_attention_dim") {
      try $0.write("text_encoder_2/config.json", $0.bytes("text_encoder/config.json"))
    },
    BrokenModel(name: "a second encoder without its projection", word: "text_projection") {
      try $0.rewriteHeader("text_encoder_2/model.safetensors") {
        $0.replacing("\"text_projection.weight\"", with: "\"text_projection.wight\"")
      }
    },
    BrokenModel(name: "another width of the pooled text", word: "projection_class_embeddings") {
      try $0.set("projection_dim", to: 16, in: "text_encoder_2/config.json")
    },
    BrokenModel(name: "another window", word: "max_position_embeddings") {
      try $0.set("max_position_embeddings", to: 50, in: "text_encoder_2/config.json")
    },
    BrokenModel(name: "a second token without a vector", word: "tokenizer_2/vocab.json") {
      try $0.set("strange", to: 100_000, in: "tokenizer_2/vocab.json")
    },
    BrokenModel(name: "an unknown second padding", word: "special token") {
      try $0.write("tokenizer_2/special_tokens_map.json", Array(#"{"pad_token": "no such"}"#.utf8))
    },
    BrokenModel(name: "second weights of noise", word: "text_encoder_2/model.safetensors") {
      try $0.write(
        "text_encoder_2/model.safetensors",
        (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 73 &+ 11) })
    },
    BrokenModel(name: "a second pickle", word: "pickle") {
      try $0.move("text_encoder_2/model.safetensors", to: "text_encoder_2/pytorch_model.bin")
    },
  ]
}
