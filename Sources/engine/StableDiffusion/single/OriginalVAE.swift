/// The names of an autoencoder's tensors in the layout of the original latent-diffusion code, from
/// diffusers' paths.
struct OriginalVAE: TensorNaming {
  /// What stands before every name: `first_stage_model.` as published.
  let prefix: String
  /// Levels of the encoder and of the decoder, whose levels are counted from the finest here.
  let levels: Int

  func sources(of path: String) -> [TensorSource] {
    var parts = path.split(separator: ".").map(String.init)
    let last = parts.removeLast()
    return [TensorSource("\(prefix)\(layer(parts)).\(last)")]
  }

  private static let attention = [
    "group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out",
  ]

  private func layer(_ parts: [String]) -> String {
    let side = parts[0]
    guard parts.count > 1 else { return side }
    switch parts[1] {
    case "conv_norm_out": return "\(side).norm_out"
    case "mid_block" where parts.count >= 5:
      let name = parts[4...].joined(separator: ".")
      if parts[2] == "attentions" { return "\(side).mid.attn_1.\(Self.attention[name] ?? name)" }
      return "\(side).mid.block_\((Int(parts[3]) ?? 0) + 1).\(residual(name))"
    case "down_blocks" where parts.count >= 5:
      let level = "\(side).down.\(parts[2])"
      if parts[3] == "downsamplers" { return "\(level).downsample.conv" }
      return "\(level).block.\(parts[4]).\(residual(parts[5...].joined(separator: ".")))"
    case "up_blocks" where parts.count >= 5:
      let level = "\(side).up.\(levels - 1 - (Int(parts[2]) ?? 0))"
      if parts[3] == "upsamplers" { return "\(level).upsample.conv" }
      return "\(level).block.\(parts[4]).\(residual(parts[5...].joined(separator: ".")))"
    default: return parts.joined(separator: ".")
    }
  }

  private func residual(_ name: String) -> String {
    name == "conv_shortcut" ? "nin_shortcut" : name
  }
}
