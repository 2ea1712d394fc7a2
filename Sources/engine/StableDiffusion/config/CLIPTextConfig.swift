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
  /// Channels of the pooled state; `nil` for an encoder without a projection.
  public var projectionSize: Int?
  /// Id of EOS, whose state is pooled.
  public var eosTokenID: Int

  /// Where the state is that is pooled: at the first EOS.
  ///
  /// Configs of before 2023 say 2 where their vocabulary ends with EOS; there it is the largest id.
  func position(ofEndIn ids: [Int]) -> Int {
    let end = eosTokenID == 2 ? ids.max() ?? 0 : eosTokenID
    return ids.firstIndex(of: end) ?? 0
  }

  /// Reads the config at `path`; throws `ModelError`, also for encoders that are not run.
  public init(path: String) throws { try self.init(ConfigFile(path)) }

  init(_ file: ConfigFile) throws {
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
    layers = try file.count("num_hidden_layers", 12, upTo: ConfigFile.mostLayers)
    heads = try file.count("num_attention_heads", 8)
    window = try file.count("max_position_embeddings", 77, upTo: 1 << 16)
    guard hiddenSize % heads == 0 else {
      throw file.wrong("num_attention_heads", "\(hiddenSize) channels are no \(heads) heads")
    }
    let function = try file("hidden_act", "quick_gelu")
    guard let activation = Activation(rawValue: function), activation != .silu else {
      throw file.unsupported("hidden_act", "the function \(function) is not supported")
    }
    self.activation = activation
    layerNormEps = try file.number("layer_norm_eps", 1e-5)
    projectionSize =
      name == "CLIPTextModelWithProjection" ? try file.count("projection_dim", 512) : nil
    eosTokenID = try file("eos_token_id", 49407)
  }
}
