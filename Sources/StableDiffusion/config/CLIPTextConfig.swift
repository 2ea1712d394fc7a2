public import Tensors

/// `text_encoder/config.json`: the shape of a CLIPTextModel, with transformers' defaults.
public struct CLIPTextConfig: Sendable, Hashable {
  /// Number of tokens.
  public var vocabularySize: Int
  /// Channels of the hidden states.
  public var hiddenSize: Int
  /// Channels inside the feed-forward layers.
  public var intermediateSize: Int
  /// Transformer layers.
  public var layers: Int
  /// Attention heads.
  public var heads: Int
  /// Tokens of the window, BOS and EOS included.
  public var window: Int
  /// The feed-forward layers' function.
  public var activation: Activation
  /// Added to variances.
  public var layerNormEps: Float

  /// Reads the config at `path`; throws `ModelError`, also for encoders that are not run.
  public init(path: String) throws {
    let file = try ConfigFile(path)
    let architectures = try file("architectures", ["CLIPTextModel"])
    guard let name = architectures.first,
      ["CLIPTextModel", "CLIPTextModelWithProjection"].contains(name)
    else {
      throw file.unsupported(
        "architectures", "the text encoder \(architectures) is not supported, only CLIPTextModel")
    }
    vocabularySize = try file.count("vocab_size", 49408)
    hiddenSize = try file.count("hidden_size", 512)
    intermediateSize = try file.count("intermediate_size", 2048)
    layers = try file.count("num_hidden_layers", 12)
    heads = try file.count("num_attention_heads", 8)
    window = try file.count("max_position_embeddings", 77)
    guard hiddenSize % heads == 0 else {
      throw file.wrong("num_attention_heads", "\(hiddenSize) channels are no \(heads) heads")
    }
    let function = try file("hidden_act", "quick_gelu")
    guard let activation = Activation(rawValue: function), activation != .silu else {
      throw file.unsupported("hidden_act", "the function \(function) is not supported")
    }
    self.activation = activation
    layerNormEps = try file("layer_norm_eps", 1e-5)
  }
}
