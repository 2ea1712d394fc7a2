/// Other names under which published checkpoints store the same tensor.
public enum PublishedSpellings: Sendable {
  /// None: names are diffusers'.
  case unet
  /// With or without `text_model.` in front.
  case textEncoder
  /// First-generation names of the middle block's attention.
  case vae

  private static let firstGeneration = [
    ("to_q", "query"), ("to_k", "key"), ("to_v", "value"), ("to_out.0", "proj_attn"),
  ]

  /// Every name of the tensor at `path`, the present one first.
  public func names(of path: String) -> [String] {
    switch self {
    case .unet: return [path]
    case .textEncoder:
      let prefix = "text_model."
      return [path, path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : prefix + path]
    case .vae:
      guard path.contains(".attentions.") else { return [path] }
      var parts = path.split(separator: ".").map(String.init)
      let last = parts.removeLast()
      let layer = parts.joined(separator: ".")
      for (present, first) in Self.firstGeneration where layer.hasSuffix(".\(present)") {
        return [path, "\(layer.dropLast(present.count))\(first).\(last)"]
      }
      return [path]
    }
  }
}
