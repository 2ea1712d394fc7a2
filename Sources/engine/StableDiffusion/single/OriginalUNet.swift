/// The names of a UNet's tensors in the layout of the original latent-diffusion code, from
/// diffusers' paths.
///
/// There all blocks of a way stand in one list: each level has its residual blocks and then what
/// changes the size, on the way up within the level's last block.
struct OriginalUNet: TensorNaming {
  static let prefix = "model.diffusion_model."

  /// Residual blocks of each level of the way down.
  let layersPerBlock: [Int]
  /// Whether each block of the way up attends.
  let upAttends: [Bool]

  init(_ config: UNetConfig) {
    (layersPerBlock, upAttends) = (config.layersPerBlock, config.upAttends)
  }

  func sources(of path: String) -> [TensorSource] {
    var parts = path.split(separator: ".").map(String.init)
    let last = parts.removeLast()
    guard let layer = layer(parts) else { return [TensorSource(path)] }
    return [TensorSource("\(Self.prefix)\(layer).\(last)")]
  }

  private static let single = [
    "time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2",
    "add_embedding.linear_1": "label_emb.0.0", "add_embedding.linear_2": "label_emb.0.2",
    "conv_in": "input_blocks.0.0", "conv_norm_out": "out.0", "conv_out": "out.2",
  ]

  private static let residual = [
    "norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0", "conv2": "out_layers.3", "conv_shortcut": "skip_connection",
  ]

  /// `parts` is a path without the tensor's own name.
  private func layer(_ parts: [String]) -> String? {
    if let found = Self.single[parts.joined(separator: ".")] { return found }
    if parts.first == "mid_block", parts.count >= 4, let index = Int(parts[2]) {
      let place = parts[1] == "attentions" ? 1 : 2 * index
      return inside("middle_block.\(place)", parts[1], parts.dropFirst(3))
    }
    guard parts.count >= 5, let block = Int(parts[1]), let index = Int(parts[3]),
      layersPerBlock.indices.contains(block)
    else { return nil }
    let rest = parts.dropFirst(4)
    switch (parts[0], parts[2]) {
    case ("down_blocks", "downsamplers"):
      return "input_blocks.\(down(block) + layersPerBlock[block]).0.op"
    case ("up_blocks", "upsamplers"):
      let layers = layersPerBlock[layersPerBlock.count - 1 - block]
      return "output_blocks.\(up(block) + layers).\(upAttends[block] ? 2 : 1).conv"
    case ("down_blocks", let kind):
      let place = kind == "attentions" ? 1 : 0
      return inside("input_blocks.\(down(block) + index).\(place)", kind, rest)
    case ("up_blocks", let kind):
      let place = kind == "attentions" ? 1 : 0
      return inside("output_blocks.\(up(block) + index).\(place)", kind, rest)
    default: return nil
    }
  }

  private func inside(_ place: String, _ kind: String, _ rest: ArraySlice<String>) -> String {
    let name = rest.joined(separator: ".")
    return "\(place).\(kind == "resnets" ? Self.residual[name] ?? name : name)"
  }

  /// Where a level of the way down begins: after the first convolution and the levels before.
  private func down(_ block: Int) -> Int {
    1 + layersPerBlock[..<block].reduce(0) { $0 + $1 + 1 }
  }

  /// Where a level of the way up begins, which has one residual block more.
  private func up(_ block: Int) -> Int {
    layersPerBlock.reversed().prefix(block).reduce(0) { $0 + $1 + 1 }
  }
}
