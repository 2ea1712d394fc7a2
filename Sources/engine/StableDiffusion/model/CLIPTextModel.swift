public import Layers
public import Tensors

/// The text encoder of CLIP (Radford et al. 2021, §2.4): a causal transformer over tokens.
public struct CLIPTextModel: Sendable {
  /// The config it was built from.
  public let config: CLIPTextConfig
  let tokenEmbedding: Embedding
  let positionEmbedding: Embedding
  let layers: [CLIPEncoderLayer]
  let finalLayerNorm: LayerNorm
  let textProjection: Linear?

  /// What the encoder says of one prompt.
  public struct Output: Sendable {
    /// Hidden states (1, T, C) after the last layer and its norm.
    public var last: Tensor
    /// Hidden states (1, T, C) before the last layer, without a norm.
    public var penultimate: Tensor
    /// The projection (1, P) of the last state at EOS; `nil` for an encoder without one.
    public var pooled: Tensor?
  }

  /// Loads the model that `config` describes; throws what `weights` throws.
  public init(_ weights: any Weights, _ config: CLIPTextConfig) throws {
    self.config = config
    let root = "text_model"
    tokenEmbedding = try Embedding(
      weights, "\(root).embeddings.token_embedding", config.vocabularySize, config.hiddenSize)
    positionEmbedding = try Embedding(
      weights, "\(root).embeddings.position_embedding", config.window, config.hiddenSize)
    layers = try (0..<config.layers).map {
      try CLIPEncoderLayer(weights, "\(root).encoder.layers.\($0)", config)
    }
    finalLayerNorm = try LayerNorm(
      weights, "\(root).final_layer_norm", config.hiddenSize, eps: config.layerNormEps)
    textProjection = try config.projectionSize.map {
      try Linear(weights, "text_projection", config.hiddenSize, $0, bias: false)
    }
  }

  /// Token ids of one prompt, T of them, BOS first → hidden states and, with a projection, the pooled
  /// one.
  ///
  /// Ids lie below the vocabulary's size and T within the window (`precondition`).
  public func callAsFunction(_ ids: [Int], on backend: any Backend) -> Output {
    precondition(
      !ids.isEmpty && ids.count <= config.window, "\(ids.count) tokens for \(config.window)")
    precondition(
      ids.allSatisfy { (0..<config.vocabularySize).contains($0) }, "a token outside the vocabulary")
    let tokens = tokenEmbedding([ids], on: backend)  // (1, T, C)
    let positions = positionEmbedding([Array(ids.indices)], on: backend)  // (1, T, C)
    var x = backend.add(tokens, positions)  // (1, T, C), as all that follow
    for layer in layers.dropLast() { x = layer(x, on: backend) }
    let penultimate = x
    if let layer = layers.last { x = layer(x, on: backend) }
    let last = finalLayerNorm(x, on: backend)
    let pooled = textProjection.map { project in
      let states = last.reshaped(Array(last.shape.dropFirst()))  // (T, C)
      let end = config.position(ofEndIn: ids)
      return project(states.rows(end..<end + 1), on: backend)  // (1, P)
    }
    return Output(last: last, penultimate: penultimate, pooled: pooled)
  }
}

/// One layer of the text encoder: causal self-attention and a feed-forward layer, each added back.
struct CLIPEncoderLayer: Sendable {
  let layerNorm1: LayerNorm
  let qProj: Linear
  let kProj: Linear
  let vProj: Linear
  let outProj: Linear
  let layerNorm2: LayerNorm
  let fc1: Linear
  let fc2: Linear
  let heads: Int
  let activation: Activation

  init(_ weights: any Weights, _ path: String, _ config: CLIPTextConfig) throws {
    let (channels, inner) = (config.hiddenSize, config.intermediateSize)
    layerNorm1 = try LayerNorm(
      weights, "\(path).layer_norm1", channels, eps: config.layerNormEps)
    qProj = try Linear(weights, "\(path).self_attn.q_proj", channels, channels)
    kProj = try Linear(weights, "\(path).self_attn.k_proj", channels, channels)
    vProj = try Linear(weights, "\(path).self_attn.v_proj", channels, channels)
    outProj = try Linear(weights, "\(path).self_attn.out_proj", channels, channels)
    layerNorm2 = try LayerNorm(
      weights, "\(path).layer_norm2", channels, eps: config.layerNormEps)
    fc1 = try Linear(weights, "\(path).mlp.fc1", channels, inner)
    fc2 = try Linear(weights, "\(path).mlp.fc2", inner, channels)
    (heads, activation) = (config.heads, config.activation)
  }

  func callAsFunction(_ x: Tensor, on backend: any Backend) -> Tensor {
    let h = layerNorm1(x, on: backend)  // (1, T, C)
    let attended = backend.attention(
      qProj(h, on: backend), kProj(h, on: backend), vProj(h, on: backend), heads: heads,
      causal: true)  // (1, T, C)
    let x = backend.add(x, outProj(attended, on: backend))  // (1, T, C)
    let inner = fc1(layerNorm2(x, on: backend), on: backend)  // (1, T, 4C)
    return backend.add(x, fc2(backend.activate(inner, activation), on: backend))  // (1, T, C)
  }
}
