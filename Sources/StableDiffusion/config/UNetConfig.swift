/// `unet/config.json`: the shape of a UNet2DConditionModel, with diffusers' defaults.
public struct UNetConfig: Sendable, Hashable {
  /// Side of the latents that the model was trained for.
  public var sampleSize: Int
  /// Channels of the latents.
  public var inChannels: Int
  /// Channels of the model's output.
  public var outChannels: Int
  /// Channels of each level, finest first.
  public var blockOutChannels: [Int]
  /// Whether each level of the way down attends to the text.
  public var downAttends: [Bool]
  /// Whether each level of the way up attends to the text, coarsest first.
  public var upAttends: [Bool]
  /// Residual blocks of each level on the way down; one more on the way up.
  public var layersPerBlock: [Int]
  /// Transformer blocks per attention layer, of each level.
  public var transformerLayers: [Int]
  /// Heads of each level's attention. Diffusers calls the number `attention_head_dim`.
  public var heads: [Int]
  /// Channels of the text's hidden states.
  public var crossAttentionDim: Int
  /// Groups of the group norms.
  public var normGroups: Int
  /// Added to variances.
  public var normEps: Float
  /// Whether cosines come first in the timestep's sinusoids.
  public var flipSinToCos: Bool
  /// `freq_shift` of the timestep's sinusoids.
  public var freqShift: Float
  /// Whether `proj_in` and `proj_out` are stored as linear layers, as since version 2.
  public var useLinearProjection: Bool

  /// What the model is told beside the text; `nil` where it is nothing.
  public var addition: UNetAddition?

  /// Channels of the timestep's embedding.
  public var timeChannels: Int { 4 * blockOutChannels[0] }

  /// Reads the config at `path`; throws `ModelError`, also for kinds of UNet that are not run.
  public init(path: String) throws { try self.init(ConfigFile(path)) }

  init(_ file: ConfigFile) throws {
    try file.require("_class_name", "UNet2DConditionModel")
    try Self.refuseOtherInputs(file)
    for name in [
      "class_embed_type", "encoder_hid_dim_type", "num_class_embeds",
      "time_cond_proj_dim", "timestep_post_act", "cross_attention_norm",
      "reverse_transformer_layers_per_block", "time_embedding_dim", "time_embedding_act_fn",
    ] { try file.requireAbsent(name) }
    for name in [
      "dual_cross_attention", "only_cross_attention", "center_input_sample",
      "mid_block_only_cross_attention", "resnet_skip_time_act",
    ] { try file.require(name, false) }
    try file.require("act_fn", "silu")
    try file.require("mid_block_type", "UNetMidBlock2DCrossAttn")
    try file.require("resnet_time_scale_shift", "default")
    try file.require("time_embedding_type", "positional")
    try file.require("attention_type", "default")
    for name in ["conv_in_kernel", "conv_out_kernel"] { try file.require(name, 3) }
    for name in ["downsample_padding", "mid_block_scale_factor", "resnet_out_scale_factor"] {
      try file.require(name, 1.0)
    }

    sampleSize = try Self.sampleSize(file)
    inChannels = try file.count("in_channels", 4)
    outChannels = try file.count("out_channels", 4)
    blockOutChannels = try file.channels("block_out_channels", [320, 640, 1280, 1280])
    let levels = blockOutChannels.count
    downAttends = try Self.attends(
      file, "down_block_types", "DownBlock2D", levels,
      Array(repeating: "CrossAttnDownBlock2D", count: 3) + ["DownBlock2D"])
    upAttends = try Self.attends(
      file, "up_block_types", "UpBlock2D", levels,
      ["UpBlock2D"] + Array(repeating: "CrossAttnUpBlock2D", count: 3))
    layersPerBlock = try file.perLevel(
      "layers_per_block", 2, levels: levels, upTo: ConfigFile.mostLayers)
    transformerLayers = try file.perLevel(
      "transformer_layers_per_block", 1, levels: levels, upTo: ConfigFile.mostLayers)
    heads = try file.perLevel(
      file.has("num_attention_heads") ? "num_attention_heads" : "attention_head_dim", 8,
      levels: levels)
    crossAttentionDim = try file.count("cross_attention_dim", 1280)
    normGroups = try file.count("norm_num_groups", 32)
    normEps = try file("norm_eps", 1e-5)
    flipSinToCos = try file("flip_sin_to_cos", true)
    freqShift = try file("freq_shift", 0)
    useLinearProjection = try file("use_linear_projection", false)
    addition = try UNetAddition(file)
    try check(file)
  }

  /// A larger side than any model was trained for.
  private static let largestSample = 2048

  /// One number for both sides, or a list of height and width, of which the smaller counts.
  private static func sampleSize(_ file: ConfigFile) throws -> Int {
    if let sides = try? file.optional("sample_size", as: [Int].self) {
      guard let smaller = sides.min(), (1...largestSample).contains(smaller) else {
        throw file.wrong("sample_size", "\(sides) are no height and width")
      }
      return smaller
    }
    return try file.count("sample_size", 64, upTo: Self.largestSample)
  }

  private static func refuseOtherInputs(_ file: ConfigFile) throws {
    let reasons = [
      5: "it is a depth model", 7: "it is an upscaler", 8: "it edits by instruction",
      9: "it is an inpainting model and also wants a mask and a picture",
    ]
    let channels = try file.count("in_channels", 4)
    if let reason = reasons[channels] {
      throw file.unsupported(
        "in_channels", "\(channels) input channels are not supported: \(reason)")
    }
  }

  private static func attends(
    _ file: ConfigFile, _ field: String, _ plain: String, _ levels: Int, _ fallback: [String]
  ) throws -> [Bool] {
    let types = try file(field, fallback)
    guard types.count == levels else {
      throw file.wrong(field, "\(types.count) blocks for \(levels) levels of block_out_channels")
    }
    return try types.map {
      guard $0 == plain || $0 == "CrossAttn\(plain)" else {
        throw file.unsupported(field, "the block \($0) is not supported")
      }
      return $0 != plain
    }
  }

  private func check(_ file: ConfigFile) throws {
    guard inChannels == outChannels else {
      throw file.unsupported(
        "out_channels", "\(outChannels) output and \(inChannels) input channels are not supported")
    }
    guard downAttends.contains(true) || upAttends.contains(true) else {
      throw file.unsupported("down_block_types", "no level attends to the text")
    }
    for (channels, heads) in zip(blockOutChannels, heads) {
      guard channels % normGroups == 0 else {
        throw file.wrong("norm_num_groups", "\(channels) channels are no \(normGroups) groups")
      }
      guard channels % heads == 0, channels % 2 == 0 else {
        throw file.wrong("attention_head_dim", "\(channels) channels are no \(heads) heads")
      }
    }
  }
}
