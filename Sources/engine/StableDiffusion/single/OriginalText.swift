/// The names of a text encoder's tensors in a single-file checkpoint, from diffusers' paths.
enum OriginalText: TensorNaming {
  /// As the transformers library has them, under a prefix; old merges lack `text_model.` after it.
  case transformers(prefix: String)
  /// As OpenCLIP has them, under a prefix: queries, keys and values in one tensor, and the projection
  /// lying on its side.
  case openCLIP(prefix: String)

  func sources(of path: String) -> [TensorSource] {
    switch self {
    case .transformers(let prefix):
      PublishedSpellings.textEncoder.names(of: path).map { TensorSource(prefix + $0) }
    case .openCLIP(let prefix): [Self.openCLIP(path, prefix)]
    }
  }

  private static let whole = [
    "text_model.embeddings.token_embedding.weight": "token_embedding.weight",
    "text_model.embeddings.position_embedding.weight": "positional_embedding",
    "text_model.final_layer_norm.weight": "ln_final.weight",
    "text_model.final_layer_norm.bias": "ln_final.bias",
  ]

  private static let layers = [
    "layer_norm1": "ln_1", "layer_norm2": "ln_2", "mlp.fc1": "mlp.c_fc", "mlp.fc2": "mlp.c_proj",
    "self_attn.out_proj": "attn.out_proj",
  ]

  private static let thirds = ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"]

  private static func openCLIP(_ path: String, _ prefix: String) -> TensorSource {
    if let name = whole[path] { return TensorSource(prefix + name) }
    if path == "text_projection.weight" {
      return TensorSource("\(prefix)text_projection", .transposed)
    }
    var parts = path.split(separator: ".").map(String.init)
    guard parts.count >= 6, parts.starts(with: ["text_model", "encoder", "layers"]) else {
      return TensorSource(prefix + path)
    }
    let last = parts.removeLast()
    let block = "\(prefix)transformer.resblocks.\(parts[3])"
    let name = parts[4...].joined(separator: ".")
    if let third = thirds.firstIndex(of: name) {
      return TensorSource("\(block).attn.in_proj_\(last)", .third(third))
    }
    return TensorSource("\(block).\(layers[name] ?? name).\(last)")
  }
}
