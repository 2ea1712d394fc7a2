/// The name of a weight file: what it belongs to, which variant it is, and whether it lists shards.
struct WeightFile {
  /// Folders that hold weights, and what their files begin with.
  static let stems = [
    "unet": "diffusion_pytorch_model", "vae": "diffusion_pytorch_model", "text_encoder": "model",
    "text_encoder_2": "model",
  ]

  let path: HubPath
  let component: String
  /// `fp16` and the like; `nil` for the plain weights.
  let variant: String?
  /// Whether it is an index of shards.
  let isIndex: Bool

  /// Reads a name such as `unet/diffusion_pytorch_model.fp16.safetensors`; `nil` for other files,
  /// and for the shards that an index lists.
  init?(_ path: HubPath) {
    guard path.segments.count == 2, let component = path.component,
      let stem = Self.stems[component], path.name.hasPrefix(stem + ".")
    else { return nil }
    var parts = path.name.dropFirst(stem.count + 1).split(
      separator: ".", omittingEmptySubsequences: false)
    guard let place = parts.firstIndex(of: "safetensors") else { return nil }
    parts.remove(at: place)
    isIndex = parts.last == "json" && parts.contains("index")
    if isIndex { parts = parts.filter { $0 != "json" && $0 != "index" } }
    guard parts.count < 2, parts.allSatisfy({ !$0.isEmpty && !$0.contains("-of-") }) else {
      return nil
    }
    (self.path, self.component, variant) = (path, component, parts.first.map(String.init))
  }
}
