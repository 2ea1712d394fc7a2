extension UNetConfig {
  /// Refuses what no UNet of Stable Diffusion has and what is not run.
  static func refuseOtherKinds(_ file: ConfigFile) throws {
    try file.require("_class_name", "UNet2DConditionModel")
    let reasons = [
      5: "it is a depth model", 7: "it is an upscaler", 8: "it edits by instruction",
      9: "it is an inpainting model and also wants a mask and a picture",
    ]
    let channels = try file.count("in_channels", 4)
    if let reason = reasons[channels] {
      throw file.unsupported(
        "in_channels", "\(channels) input channels are not supported: \(reason)")
    }
    for name in [
      "class_embed_type", "encoder_hid_dim", "encoder_hid_dim_type", "num_class_embeds",
      "time_cond_proj_dim", "timestep_post_act", "cross_attention_norm", "time_embedding_dim",
      "time_embedding_act_fn",
    ] { try file.requireAbsent(name) }
    for name in [
      "dual_cross_attention", "center_input_sample", "resnet_skip_time_act",
      "class_embeddings_concat",
    ] { try file.require(name, false) }
    try file.require("act_fn", "silu")
    try file.require("resnet_time_scale_shift", "default")
    try file.require("time_embedding_type", "positional")
    try file.require("attention_type", "default")
    for name in ["conv_in_kernel", "conv_out_kernel"] { try file.require(name, 3) }
    for name in ["downsample_padding", "mid_block_scale_factor", "resnet_out_scale_factor"] {
      try file.require(name, 1.0)
    }
    guard !file.isNull("norm_num_groups") else {
      throw file.unsupported("norm_num_groups", "a UNet without group norms is not supported")
    }
  }

  /// A larger side than any model was trained for.
  private static let largestSample = 2048
  /// Smaller sides were written by versions of diffusers that did not know the size.
  private static let leastOfOldFiles = 64

  /// One number for both sides, or a list of height and width, of which the smaller counts; and what is
  /// to be said of it.
  static func sampleSize(
    _ file: ConfigFile, _ pipeline: ModelIndex
  ) throws -> (side: Int, notes: [String]) {
    if let sides = try? file.optional("sample_size", as: [Int].self) {
      guard let smaller = sides.min(), (1...largestSample).contains(smaller) else {
        throw file.wrong("sample_size", "\(sides) are no height and width")
      }
      return (smaller, [])
    }
    let side = try file.count("sample_size", leastOfOldFiles, upTo: Self.largestSample)
    guard pipeline.mendsOldSampleSizes, side < leastOfOldFiles, try isFromBeforeSizes(file) else {
      return (side, [])
    }
    return (
      leastOfOldFiles,
      [
        "\(file.path): sample_size: \(side) is taken as \(leastOfOldFiles), as diffusers does with files "
          + "that versions before 0.9 wrote; another size is asked for by --size"
      ]
    )
  }

  /// Whether a version of diffusers before 0.9 wrote the file.
  private static func isFromBeforeSizes(_ file: ConfigFile) throws -> Bool {
    guard let version = try file.optional("_diffusers_version", as: String.self) else {
      return false
    }
    let parts = version.split(separator: ".").prefix(2).map { Int($0.prefix { $0.isNumber }) }
    guard parts.count == 2, let major = parts[0], let minor = parts[1] else { return false }
    return (major, minor) < (0, 9)
  }
}
